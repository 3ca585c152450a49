"""What somebody sees of a page, or has read out to them."""

from html.parser import HTMLParser

QUOTED = {"script", "style", "code", "pre", "textarea", "svg"}
SAID_IN_ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "data-working")
VOID = {"input", "br", "link", "meta", "img", "hr", "source", "col", "path", "line", "use", "rect", "circle"}


class Visible(HTMLParser):
    """The texts of a page, without what it quotes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.within: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [said for name, said in attrs if name in SAID_IN_ATTRIBUTES and said]
        if tag not in VOID:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self.within and self.within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not QUOTED.intersection(self.within):
            self.texts.append(" ".join(data.split()))
