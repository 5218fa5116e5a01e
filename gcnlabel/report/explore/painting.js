// Shapes -> a canvas, or the text of an SVG file; a matrix -> a canvas.

"use strict";

function paint(context, {arrows, dots, names}, look, width, height) {
  context.clearRect(0, 0, width, height);
  context.lineCap = "round";
  for (const arrow of arrows) {
    context.globalAlpha = arrow.opacity;
    context.strokeStyle = context.fillStyle = arrow.colour;
    context.lineWidth = arrow.width;
    context.setLineDash(arrow.dashed ? [5, 4] : []);
    context.beginPath();
    context.moveTo(arrow.from.x, arrow.from.y);
    context.quadraticCurveTo(arrow.bend.x, arrow.bend.y, arrow.to.x, arrow.to.y);
    context.stroke();
    context.beginPath();
    arrow.head.forEach((point, k) => (k ? context.lineTo(point.x, point.y) : context.moveTo(point.x, point.y)));
    context.fill();
  }
  context.setLineDash([]);
  for (const dot of dots) {
    context.globalAlpha = dot.opacity;
    context.beginPath();
    context.arc(dot.x, dot.y, dot.radius, 0, 2 * Math.PI);
    context.fillStyle = dot.hollow ? look.ground : dot.colour;
    context.strokeStyle = dot.hollow ? dot.colour : dot.ring;
    context.lineWidth = 2;
    context.fill();
    context.stroke();
  }
  context.textAlign = "center";
  context.lineJoin = "round";
  for (const name of names) {
    context.globalAlpha = name.opacity;
    context.font = `${name.strong ? "bold " : ""}12px ${look.font}`;
    context.strokeStyle = look.ground;
    context.lineWidth = 3;
    context.strokeText(name.text, name.x, name.y);
    context.fillStyle = look.text;
    context.fillText(name.text, name.x, name.y);
  }
  context.globalAlpha = 1;
}

function xml(text) {
  const marks = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"};
  return text.replace(/[&<>"]/g, (mark) => marks[mark]).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
}

function svgOf({arrows, dots, names}, look, width, height, title) {
  const n = (value) => value.toFixed(1), at = ({x, y}) => `${n(x)} ${n(y)}`;
  const lines = arrows.flatMap((a) => [
    `<path d="M${at(a.from)}Q${at(a.bend)} ${at(a.to)}" fill="none" stroke="${a.colour}" stroke-width="${n(a.width)}"`
    + ` opacity="${a.opacity.toFixed(2)}"${a.dashed ? ' stroke-dasharray="5 4"' : ""}/>`,
    `<path d="M${a.head.map(at).join("L")}Z" fill="${a.colour}" opacity="${a.opacity.toFixed(2)}"/>`,
  ]);
  for (const d of dots) {
    lines.push(`<circle cx="${n(d.x)}" cy="${n(d.y)}" r="${d.radius}" fill="${d.hollow ? look.ground : d.colour}"`
      + ` stroke="${d.hollow ? d.colour : d.ring}" stroke-width="2" opacity="${d.opacity}"/>`);
  }
  for (const t of names) {
    lines.push(`<text x="${n(t.x)}" y="${n(t.y)}" fill="${look.text}" stroke="${look.ground}" stroke-width="3"`
      + ` paint-order="stroke" opacity="${t.opacity}"${t.strong ? ' font-weight="bold"' : ""}>${xml(t.text)}</text>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`
    + ` font-family="sans-serif" font-size="12" text-anchor="middle"><title>${xml(title)}</title>`
    + `<rect width="100%" height="100%" fill="${look.ground}"/>${lines.join("\n")}</svg>\n`;
}

// Cells of a matrix, row = receiving label; the diagonal is grey, other cells by sign and root of the size. Returns the
// largest size off the diagonal.
function paintMatrix(canvas, matrix, size, look) {
  const image = new ImageData(size, size), largest = largestOff(matrix, size);
  for (let k = 0; k < size * size; k++) {
    const diagonal = k % (size + 1) === 0, share = Math.min(1, Math.sqrt(Math.abs(matrix[k]) / largest));
    const full = diagonal ? look.greyRgb : matrix[k] < 0 ? look.negativeRgb : look.positiveRgb;
    for (let c = 0; c < 3; c++) {
      image.data[4 * k + c] = diagonal ? full[c] : look.groundRgb[c] + share * (full[c] - look.groundRgb[c]);
    }
    image.data[4 * k + 3] = 255;
  }
  const small = document.createElement("canvas");
  small.width = small.height = size;
  small.getContext("2d").putImageData(image, 0, 0);
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = size > canvas.width;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  if (canvas.width / size >= 36) writeCells(context, matrix, size, canvas.width / size, look, largest);
  return largest;
}

function writeCells(context, matrix, size, cell, look, largest) {
  context.font = `11px ${look.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  matrix.forEach((value, k) => {
    if (value === 0) return;
    const strong = k % (size + 1) !== 0 && Math.abs(value) > 0.3 * largest;
    context.fillStyle = strong ? "#fff" : look.text;
    const text = value.toFixed(2).replace(/^-(0\.0+)$/, "$1").replace(/^(-?)0\./, "$1.");
    context.fillText(text, (k % size + 0.5) * cell, (Math.floor(k / size) + 0.5) * cell);
  });
}

function largestOff(matrix, size) {
  let largest = 1e-9;
  for (let k = 0; k < size * size; k++) {
    if (k % (size + 1) !== 0) largest = Math.max(largest, Math.abs(matrix[k]));
  }
  return largest;
}
