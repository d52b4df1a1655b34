"""The HTTP interface against its own OpenAPI document: whatever is sent, each answer is one that the document tells."""

import subprocess
import sys
from pathlib import Path

from deposit_office import Office
from web_server import running
from workbooks import solo

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "missing_required_header",
)  # fmt: skip


def test_every_answer_is_one_that_the_document_tells(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with running(out) as server, server.client() as client:
        office = Office(client, tmp_path, out / "web")
        office.convert(office.drop(solo("BC-1", 1)))
        words = [
            "run", f"{server.url}/api/openapi.json", "--header", f"Authorization: Bearer {server.token}",
            "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--max-examples", "4",
            "--generation-deterministic", "--no-color",
        ]  # fmt: skip
        done = subprocess.run(
            [Path(sys.executable).with_name("schemathesis"), *words],
            cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:]
        document = client.get("/api/openapi.json").json()
        operations = [one for path in document["paths"].values() for one in path.values()]
        assert [one["summary"] for one in operations if "500" in one["responses"]] == []
        server.end()
        assert " 500 " not in server.stderr()
