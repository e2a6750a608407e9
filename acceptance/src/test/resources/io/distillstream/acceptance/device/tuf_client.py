"""python-tuf's own client: refreshes, and downloads the newest manifest and its artifact."""

import json
import sys
from pathlib import Path

from tuf.ngclient import Updater

url, root, folder, channel = sys.argv[1:]
metadata, targets = Path(folder, "metadata"), Path(folder, "targets")
metadata.mkdir(parents=True)
targets.mkdir()

updater = Updater(
    metadata_dir=str(metadata),
    metadata_base_url=url + "/metadata/",
    target_dir=str(targets),
    target_base_url=url + "/targets/",
    bootstrap=Path(root).read_bytes(),
)
updater.refresh()
manifest_info = updater.get_targetinfo(channel + "/latest.json")
manifest = json.loads(Path(updater.download_target(manifest_info)).read_bytes())
artifact_info = updater.get_targetinfo(f"{channel}/{manifest['version']}.onnx")
artifact = Path(updater.download_target(artifact_info))
print(manifest["version"], manifest["artifact"]["sha256"], artifact.stat().st_size)
