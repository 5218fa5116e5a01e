"""What a reader of a printed figure sees of its texts."""

from matplotlib.text import Text


def drawn_texts(figure, monkeypatch):
    """Return every text that is drawn, with its box in pixels."""
    found = []
    draw = Text.draw

    def recorded(text, renderer):
        if text.get_visible() and text.get_text():
            found.append(text)
        draw(text, renderer)

    with monkeypatch.context() as patch, figure.style.applied():
        figure.draw_without_rendering()  # which places everything
        patch.setattr(Text, "draw", recorded)
        figure.draw_without_rendering()
        return [(text, text.get_window_extent()) for text in dict.fromkeys(found)]


def check_texts(figure, monkeypatch):
    """Check that all texts are at least 6 points high, inside the figure and not over each other."""
    texts = drawn_texts(figure, monkeypatch)
    assert texts
    width, height = figure.get_size_inches() * figure.dpi
    for k, (text, box) in enumerate(texts):
        assert 6 <= text.get_fontsize() <= 9, text
        assert -1 <= box.x0 <= box.x1 <= width + 1, (text, box, width)
        assert -1 <= box.y0 <= box.y1 <= height + 1, (text, box, height)
        for other, of_other in texts[:k]:
            across = min(box.x1, of_other.x1) - max(box.x0, of_other.x0)
            along = min(box.y1, of_other.y1) - max(box.y0, of_other.y0)
            assert across < 1 or along < 1, (text, other)
    return [text.get_text() for text, _ in texts]
