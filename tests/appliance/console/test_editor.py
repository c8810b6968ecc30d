"""The line editor: what a person types is what they see, and what the command gets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.console.editor import LINE_CHARS, ROW_COLUMNS, Editor, Step
from appliance.console.keys import Key, Keys
from tests.appliance.console.terminal import Terminal

WORDS = ("status", "storage", "turns", "test")
texts = st.text("abc defgh", min_size=1, max_size=12)
keys = st.one_of(texts, st.sampled_from([key for key in Key if key is not Key.TAB]))


def _typed(data: bytes) -> tuple[list[str], Terminal]:
    editor, terminal, lines = Editor(lambda _before: WORDS), Terminal(), []
    terminal.show(editor.redrawn())
    for key in Keys().feed(data):
        step = editor.key(key)
        terminal.show(step.echo)
        if step.line is not None:
            lines.append(step.line)
    return lines, terminal


@given(st.lists(keys, max_size=60))
def test_the_row_shows_the_line_and_the_cursor_is_in_its_place(pressed: list[Key | str]) -> None:
    editor, terminal = Editor(lambda _before: ()), Terminal()
    terminal.show(editor.redrawn())
    for key in pressed:
        step = editor.key(key)
        terminal.show(step.echo)
        if step.line is not None:
            terminal.show(editor.redrawn())
    if len(editor.prompt + editor._line) < ROW_COLUMNS:
        assert terminal.row.rstrip() == (editor.prompt + editor._line).rstrip()
        assert terminal.column == len(editor.prompt) + editor._at
    assert len(terminal.row) <= ROW_COLUMNS


@given(st.binary(max_size=600))
def test_any_bytes_are_keys_and_leave_the_editor_usable(noise: bytes) -> None:
    editor, decoder = Editor(lambda _before: WORDS), Keys()
    for key in decoder.feed(noise):
        editor.key(key)
    lines = [editor.key(key).line for key in decoder.feed(b"\x03\x15status\r")]
    assert "status" in lines


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=60))
def test_words_of_any_language_arrive_in_any_pieces(text: str) -> None:
    decoder = Keys()
    got = "".join(
        key for byte in text.encode() for key in decoder.feed(bytes([byte])) if isinstance(key, str)
    )
    assert got == text


def test_editing_in_the_middle() -> None:
    lines, _ = _typed(b"sttus\x1b[D\x1b[D\x1b[Da\r")
    assert lines == ["status"]
    assert _typed(b"one two\x17three\x01\x1b[3~\x7f\x05!\r")[0] == ["ne three!"]
    assert _typed(b"abcdef\x1b[H\x1bOC\x0b\r")[0] == ["a"]
    assert _typed(b"rubbish\x15status\r")[0] == ["status"]


def test_one_enter_whatever_the_terminal_sends_for_it() -> None:
    for enter in (b"\r", b"\n", b"\r\n"):
        assert _typed(b"a" + enter + b"b" + enter)[0] == ["a", "b"]


def test_history_goes_back_and_returns_to_what_was_typed() -> None:
    up, down = b"\x1b[A", b"\x1b[B"
    assert _typed(b"one\rtwo\r" + up + up + b"\r")[0] == ["one", "two", "one"]
    assert _typed(b"one\rtwo\rthr" + up + down + b"ee\r")[0] == ["one", "two", "three"]


def test_tab_completes_as_far_as_it_is_certain_and_lists_the_rest() -> None:
    lines, _ = _typed(b"tu\t\r")
    assert lines == ["turns"]
    _, terminal = _typed(b"st\t")
    assert terminal.rows[-1] == "status  storage"
    assert terminal.row == "> st"
    assert _typed(b"sta\t\r")[0] == ["status"]


def test_a_line_is_bounded_and_what_is_lost_is_counted() -> None:
    editor = Editor(lambda _before: ())
    step = Step("")
    for _ in range(30):
        step = editor.key("x" * 100)
    assert step.echo.endswith("\a")
    assert editor.dropped == 3000 - LINE_CHARS
    assert editor.key(Key.ENTER).line == "x" * LINE_CHARS


def test_an_endless_escape_sequence_ends() -> None:
    decoder = Keys()
    for _ in range(100):
        assert list(decoder.feed(b"\x1b[" + b"1;" * 1000)) is not None
    assert len(decoder._sequence or b"") < 64
    assert list(decoder.feed(b"\r")) == [Key.ENTER]
