"""The HTTP interface against its own OpenAPI document: whatever is sent, each answer is one that the document tells."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from deposit_office import Office
from jsonschema import Draft202012Validator
from web_server import page_client, running
from workbooks import solo

from converter.web.settings import Settings

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "missing_required_header",
)  # fmt: skip


def closed(schema: Any) -> Any:
    """The same schema, where no object may have a property that is not declared."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    whole = {name: closed(one) for name, one in schema.items()}
    return {"additionalProperties": False, **whole} if "properties" in schema else whole


def test_documents_are_as_declared_whole_and_each_has_its_etag(tmp_path: Path) -> None:
    with page_client(Settings(out=tmp_path / "out", data=tmp_path / "web")) as client:
        declared = client.get("/api/openapi.json").json()
        components = {"components": closed(declared["components"])}
        told: list[str] = []

        def ask(method: str, route: str, **of: Any) -> Any:
            path = route.format(**of.pop("path", {}))
            answer = client.request(method, path, **of)
            (said,) = [one for code, one in declared["paths"][route][method]["responses"].items()
                       if code == str(answer.status_code)]  # fmt: skip
            assert set(said["headers"]) == {"ETag"}, path
            assert re.fullmatch(r'"[^"]+"', answer.headers["etag"]), path
            if answer.headers["content-type"] == "application/json":
                (media,) = said["content"].values()
                found = Draft202012Validator(closed(media["schema"]) | components).iter_errors(answer.json())
                told.extend(f"{path}: {one.json_path} {one.message}" for one in found)
            return answer

        office = Office(client, tmp_path)
        identifier = office.drop(solo("BC-1", 1), solo("BC-2", 2), solo("BC-3", 3, RPPS="12"))
        ask("get", "/api/classeurs/{identifier}", path={"identifier": identifier})
        for name in ("corrige", "annote"):
            ask("get", f"/api/classeurs/{{identifier}}/{name}.xlsx", path={"identifier": identifier})
        lot = ask("post", "/api/lots", json={"classeurs": [identifier]}).json()
        ask("get", "/api/lots")
        ask("get", "/api/lots/{name}", path={"name": lot["lot"]})
        ask("get", "/api/lots/{name}/{file}", path={"name": lot["lot"], "file": lot["files"][0]["name"]})
        taken = ask("post", "/api/retours", files=[("fichiers", office.answered(lot, {"00002": "RPPS inconnu"}))])
        assert taken.json()["to_correct"]
        client.post("/demandes/00001", data={"decision": "attribuée"})
        assert ask("get", "/api/demandes").json()["requests"][1]["decision"]
        ask("get", "/api/demandes/{numero}", path={"numero": "00002"})
        other = office.lot(solo("BC-4", 4))
        ask("post", "/api/annulations", json={"fichier": other["files"][0]["name"]})
        assert told == []


def test_every_answer_is_one_that_the_document_tells(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with running(out) as server, server.client() as client:
        office = Office(client, tmp_path, out / "web")
        assert office.convert(office.drop(solo("BC-1", 1)), day="2026-11-22").status_code == 201  # as in the examples
        words = [
            "run", f"{server.url}/api/openapi.json", "--header", f"Authorization: Bearer {server.token}",
            "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--max-examples", "3",
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
