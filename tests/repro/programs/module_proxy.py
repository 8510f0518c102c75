"""Adds one version of a module to a folder that Go can use as GOPROXY=file://...

usage: module_proxy.py FOLDER MODULE VERSION PATH=FILE...
"""

import json
import pathlib
import sys
import zipfile

folder, module, version = sys.argv[1:4]
files = dict(item.split("=", 1) for item in sys.argv[4:])
at = pathlib.Path(folder, module, "@v")
at.mkdir(parents=True, exist_ok=True)
mod = pathlib.Path(files["go.mod"]).read_text() if "go.mod" in files else f"module {module}\n\ngo 1.21\n"
(at / "list").write_text(version + "\n")
(at / f"{version}.info").write_text(json.dumps({"Version": version}))
(at / f"{version}.mod").write_text(mod)
with zipfile.ZipFile(at / f"{version}.zip", "w") as archive:
    archive.writestr(f"{module}@{version}/go.mod", mod)
    for path, file in files.items():
        if path != "go.mod":
            archive.writestr(f"{module}@{version}/{path}", pathlib.Path(file).read_text())
