"use strict";
// A tip beside the pointer or the focused element, for everything that has data-tip. It is text, never HTML.
const tip = document.createElement("div");
tip.className = "tip"; tip.hidden = true; tip.setAttribute("role", "status");
document.body.append(tip);
function showTip(text, x, y) {
  tip.textContent = text; tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
  tip.style.top = Math.max(4, y + 18 + box.height > innerHeight ? y - box.height - 10 : y + 18) + "px";
}
function hideTip() { tip.hidden = true; }
document.addEventListener("mousemove", event => {
  const owner = event.target.closest && event.target.closest("[data-tip]");
  if (owner) showTip(owner.dataset.tip, event.clientX, event.clientY);
  else if (!event.target.closest("[data-own-tip]")) hideTip();
});
document.addEventListener("focusin", event => {
  const owner = event.target.closest("[data-tip]");
  if (owner) { const box = owner.getBoundingClientRect(); showTip(owner.dataset.tip, box.right, box.top); } else hideTip();
});
document.addEventListener("keydown", event => { if (event.key === "Escape") hideTip(); });
