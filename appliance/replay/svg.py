"""A little SVG: the elements of the figure, escaped by the standard library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """Where on the figure a time, or any other quantity, is drawn."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The position of a value; what lies beyond the scale is drawn at its edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


class Drawing:
    """A figure of fixed width that grows downwards; lengths are in pixels."""

    def __init__(self, width: float) -> None:
        """Begin an empty one."""
        self.width = width
        self._root = ET.Element(
            "svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "figure", "role": "img"}
        )

    def rect(self, x: float, y: float, width: float, height: float, kind: str, **more: str) -> None:
        """A rectangle; `title` among `more` is what a browser tells who points at it."""
        title = more.pop("title", None)
        element = self._add(
            "rect", kind, x=x, y=y, width=max(0.0, width), height=max(0.0, height), **more
        )
        if title:
            ET.SubElement(element, "title").text = title

    def behind(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        """A rectangle under everything drawn so far."""
        self.rect(x, y, width, height, kind)
        self._root.insert(0, self._root[-1])
        del self._root[-1]

    def line(self, one: Point, other: Point, kind: str, **more: str) -> None:
        """A straight line."""
        self._add("line", kind, x1=one[0], y1=one[1], x2=other[0], y2=other[1], **more)

    def text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        """One line of text, its baseline at `y`."""
        more = {"text-anchor": anchor} if anchor != "start" else {}
        self._add("text", kind, x=x, y=y, **more).text = text

    def curve(self, points: Sequence[Point], kind: str) -> None:
        """A line through these points."""
        self._add("polyline", f"trace {kind}", points=_points(points))

    def polygon(self, points: Sequence[Point], kind: str) -> None:
        """A filled shape."""
        self._add("polygon", kind, points=_points(points))

    def area(self, points: Sequence[Point], base_y: float, kind: str) -> None:
        """What lies between these points and a horizontal line."""
        self.polygon([(points[0][0], base_y), *points, (points[-1][0], base_y)], kind)

    def circle(self, x: float, y: float, radius: float, kind: str) -> None:
        """A dot."""
        self._add("circle", kind, cx=x, cy=y, r=radius)

    def image(self, x: float, y: float, width: float, height: float, uri: str) -> None:
        """A picture, stretched to fit."""
        self._add(
            "image",
            "",
            x=x,
            y=y,
            width=width,
            height=height,
            href=uri,
            preserveAspectRatio="none",
        )

    def finish(self, height: float, label: str, style: str = "") -> str:
        """The whole as XML; `label` is what a screen reader says."""
        self._root.set("viewBox", f"0 0 {_px(self.width)} {_px(height)}")
        self._root.set("aria-label", label)
        if style:
            element = ET.Element("style")
            element.text = style
            self._root.insert(0, element)
        return ET.tostring(self._root, encoding="unicode")

    def _add(self, tag: str, kind: str, **values: float | str) -> ET.Element:
        attributes = {
            name: value if isinstance(value, str) else _px(value) for name, value in values.items()
        }
        if kind:
            attributes["class"] = kind
        return ET.SubElement(self._root, tag, attributes)


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_px(x)},{_px(y)}" for x, y in points)


def _px(length: float) -> str:
    return f"{length:.2f}".rstrip("0").rstrip(".")
