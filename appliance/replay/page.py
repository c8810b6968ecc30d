"""The figure as one HTML page that loads nothing and follows the reader's colour scheme."""

from __future__ import annotations

import base64
import html
import io
import json
import wave

from appliance.replay.figure import WIDTH, Figure, draw
from appliance.replay.reader import Sound
from appliance.replay.theme import BY_VARIABLE, DARK, LIGHT, stylesheet, variables
from appliance.replay.window import Window

_POLICY = (
    "default-src 'none'; img-src data:; media-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)
_STYLE = f"""
:root {{ color-scheme: light dark; {variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}
body {{ margin: 0; padding: 24px; background: var(--page); color: var(--ink);
  font: 13px/1.5 system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif; }}
main {{ max-width: 1280px; margin: 0 auto; background: var(--card); overflow-x: auto;
  border: 1px solid var(--edge); border-radius: 14px; }}
#stage {{ position: relative; min-width: 900px; }}
#stage svg {{ display: block; width: 100%; height: auto; }}
#cursor {{ position: absolute; width: 1px; background: var(--ink);
  opacity: 0.6; pointer-events: none; display: none; }}
#told {{ position: fixed; background: var(--card); border: 1px solid var(--edge); z-index: 2;
  border-radius: 8px; padding: 6px 10px; pointer-events: none; display: none;
  box-shadow: 0 4px 14px rgb(0 0 0 / 18%); font-variant-numeric: tabular-nums; }}
#told b {{ display: block; }}
#told span {{ color: var(--muted); display: inline-block; min-width: 84px; }}
footer {{ max-width: 1280px; margin: 12px auto 0; color: var(--muted); display: flex;
  gap: 24px; flex-wrap: wrap; align-items: center; }}
audio {{ height: 32px; vertical-align: middle; margin-left: 8px; }}
"""
_SCRIPT = """
const d = JSON.parse(document.getElementById('data').textContent);
const stage = document.getElementById('stage'), cursor = document.getElementById('cursor');
const told = document.getElementById('told'), players = [...document.querySelectorAll('audio')];
const share = t => (d.x0 + (t - d.t0) / (d.t1 - d.t0) * (d.x1 - d.x0)) / d.width;
const timeAt = e => {
  const box = stage.getBoundingClientRect(), x = (e.clientX - box.left) / box.width * d.width;
  return x < d.x0 || x > d.x1 ? null : d.t0 + (x - d.x0) / (d.x1 - d.x0) * (d.t1 - d.t0);
};
const last = (list, t) => {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle][0] <= t) low = middle + 1; else high = middle;
  }
  return low ? list[low - 1] : null;
};
const point = t => {
  cursor.style.display = 'block'; cursor.style.left = 100 * share(t) + '%';
};
const hide = () => { cursor.style.display = told.style.display = 'none'; };
const row = (name, value) => {
  const line = document.createElement('div'), label = document.createElement('span');
  label.textContent = name; line.append(label, value); return line;
};
stage.addEventListener('mousemove', e => {
  const t = timeAt(e); if (t === null) return hide();
  point(t);
  const title = document.createElement('b'); title.textContent = t.toFixed(2) + ' s';
  const rows = [title];
  if (d.asked !== null) rows.push(row('since asked', ((t - d.asked) * 1000).toFixed(0) + ' ms'));
  const state = last(d.states, t); if (state) rows.push(row('state', state[1]));
  const heard = last(d.heard, t);
  if (heard && t - heard[0] < 0.1) {
    rows.push(row('level', heard[1].toFixed(0) + ' dB'), row('speech', heard[2].toFixed(2)));
    d.phrases.forEach((p, i) => rows.push(row(p, heard[3 + i].toFixed(2))));
  }
  told.replaceChildren(...rows); told.style.display = 'block';
  const right = e.clientX + 24 + told.offsetWidth > innerWidth;
  told.style.left = (right ? e.clientX - 16 - told.offsetWidth : e.clientX + 16) + 'px';
  told.style.top = Math.min(e.clientY + 16, innerHeight - told.offsetHeight - 8) + 'px';
});
stage.addEventListener('mouseleave', hide);
stage.addEventListener('click', e => {
  const t = timeAt(e); if (t !== null) players.forEach(p => p.currentTime = t - d.t0);
});
players.forEach(p => {
  const follow = () => {
    if (!p.paused) { point(d.t0 + p.currentTime); requestAnimationFrame(follow); }
  };
  p.addEventListener('play', () => { players.forEach(o => o === p || o.pause()); follow(); });
});
"""


def page(window: Window) -> str:
    """The whole page."""
    figure = draw(window)
    top, below = figure.top / figure.height, 1 - figure.bottom / figure.height
    panels = f"top:{top:.2%};bottom:{below:.2%}"
    title = f"Turn {window.turn.id}" if window.turn else "Trace"
    data = json.dumps(_data(window, figure), separators=(",", ":"))
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>{stylesheet(BY_VARIABLE)}{_STYLE}</style>
<main><div id="stage">{figure.svg}<div id="cursor" style="{panels}"></div></div></main>
<footer>{_players(window)}</footer>
<div id="told"></div>
<script type="application/json" id="data">{data.replace("<", chr(92) + "u003c")}</script>
<script>{_SCRIPT}</script>
</html>
"""


def _data(window: Window, figure: Figure) -> dict[str, object]:
    """What the page tells of the time that is pointed at."""
    phrases = list(window.header.thresholds)
    return {
        "t0": window.from_s,
        "t1": window.to_s,
        "x0": figure.time.start,
        "x1": figure.time.end,
        "width": WIDTH,
        "asked": window.asked_s,
        "phrases": phrases,
        "states": [[since, name] for name, since, _ in window.states],
        "heard": [
            [one.at_s, one.level_db, one.speech, *(one.scores.get(name, 0.0) for name in phrases)]
            for one in window.heard
        ],
    }


def _players(window: Window) -> str:
    if window.sound is None:
        return "<span>The trace holds no sound.</span>"
    return "".join(
        f'<span>{name}<audio controls preload="auto" src="{_wav_uri(sound)}"></audio></span>'
        for name, sound in zip(("heard", "played"), window.sound, strict=True)
    )


def _wav_uri(sound: Sound) -> str:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setparams((1, 2, sound.rate_hz, 0, "NONE", ""))
        wav.writeframes(sound.samples.astype("<i2").tobytes())
    return "data:audio/wav;base64," + base64.b64encode(file.getvalue()).decode("ascii")
