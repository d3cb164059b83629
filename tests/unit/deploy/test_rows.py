"""Files of submissions: three formats, plain and gzip, and what is said of files that are none."""

import gzip
import json
from pathlib import Path

import pytest

from deploy.submitting.rows import RowError, rows_of

ZONE = "Asia/Shanghai"


def rows(path: Path, columns: str | None = None, limit: int | None = None) -> list[dict[str, object]]:
    return list(rows_of(str(path), columns, limit, ZONE))


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.json.gz"])
def test_one_object_a_line(tmp_path: Path, name: str) -> None:
    text = '{"text": "甲"}\n\n{"text": "乙"}\n'
    assert [r["text"] for r in rows(write(tmp_path, name, text))] == ["甲", "乙"]


@pytest.mark.parametrize("value", [{"text": "甲"}, [{"text": "甲"}]])
def test_a_document_over_several_lines(tmp_path: Path, value: object) -> None:
    path = write(tmp_path, "a.json", json.dumps(value, indent=2))
    assert rows(path) == [{"text": "甲"}]


def test_a_csv_gives_text_and_its_own_id_unless_told_more(tmp_path: Path) -> None:
    text = 'id,text,kind\n7,"有逗号,\n有换行",review\n'
    for name in ("a.csv", "a.csv.gz"):
        assert rows(write(tmp_path, name, text)) == [{"ref": "7", "text": "有逗号,\n有换行"}]


def test_columns_and_times_without_a_zone(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "body,when\n甲,2026-02-11 09:00\n")
    assert rows(path, "text=body,received_at=when") == [
        {"text": "甲", "received_at": "2026-02-11T09:00:00+08:00"}
    ]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_a_file_as_a_spreadsheet_writes_it(tmp_path: Path, name: str) -> None:
    pack = gzip.compress if name.endswith(".gz") else bytes
    for encoding, given in (("utf-8", "utf-8-sig"), ("gb18030", "gb18030")):
        (tmp_path / name).write_bytes(pack("ref,text\r\n1,漏水\r\n".encode(given)))
        found = list(rows_of(str(tmp_path / name), None, None, ZONE, encoding))
        assert found == [{"text": "漏水", "ref": "1"}]


@pytest.mark.parametrize(
    ("name", "content", "encoding", "said"),
    [
        (
            "a.csv",
            "text\n电梯坏了\n".encode("gb18030"),
            "utf-8",
            "expected utf-8 text; .* --encoding gb18030",
        ),
        ("a.jsonl", b'{"text": "x"}\n\xff\n', "gb18030", "expected gb18030 text$"),
        ("a.csv", b"text\nx\n", "nonsense", "--encoding: unknown encoding: nonsense; expected"),
        ("a.csv.gz", b"no gzip", "utf-8", "cannot be read: Not a gzipped file"),
        ("a.csv.gz", gzip.compress(b"text\nx\n")[:-9], "utf-8", "cannot be read: Compressed file ended"),
    ],
)
def test_what_is_no_text_is_said(tmp_path: Path, name: str, content: bytes, encoding: str, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RowError, match=said):
        list(rows_of(str(tmp_path / name), None, None, ZONE, encoding))


def test_only_the_first_so_many(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jsonl", '{"text": "x"}\n' * 9)
    assert len(rows(path, limit=4)) == 4


@pytest.mark.parametrize(
    ("name", "text", "columns", "said"),
    [
        ("a.jsonl", '{"text": "x"}\nnot json\n', None, "a.jsonl:2: expected JSON"),
        ("a.csv", "a,b\n1,2\n", None, "which column is the text?"),
        ("a.csv", "a,b\n1,2\n", "text=c", "there is no column 'c'; there are a, b"),
        ("a.csv", "a,b\n1,2\n", "txt=a", "a submission has no field 'txt'"),
        ("a.csv", "t,when\nx,soon\n", "text=t,received_at=when", "expected a time such as"),
        ("missing.csv", None, None, "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, name: str, text: str | None, columns: str | None, said: str
) -> None:
    path = write(tmp_path, name, text) if text is not None else tmp_path / name
    with pytest.raises(RowError, match=said.replace("?", r"\?")):
        rows(path, columns)
