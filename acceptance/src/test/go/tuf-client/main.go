// go-tuf's own client: refreshes, and downloads the newest manifest and its artifact.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/theupdateframework/go-tuf/v2/metadata/config"
	"github.com/theupdateframework/go-tuf/v2/metadata/updater"
)

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(url, rootFile, folder, channel string) error {
	root, err := os.ReadFile(rootFile)
	if err != nil {
		return err
	}
	cfg, err := config.New(url+"/metadata", root)
	if err != nil {
		return err
	}
	cfg.LocalMetadataDir = filepath.Join(folder, "metadata")
	cfg.LocalTargetsDir = filepath.Join(folder, "targets")
	cfg.RemoteTargetsURL = url + "/targets"
	up, err := updater.New(cfg)
	if err != nil {
		return err
	}
	if err := up.Refresh(); err != nil {
		return err
	}
	document, err := download(up, channel+"/latest.json")
	if err != nil {
		return err
	}
	var manifest struct {
		Version  int64 `json:"version"`
		Artifact struct {
			Sha256 string `json:"sha256"`
		} `json:"artifact"`
	}
	if err := json.Unmarshal(document, &manifest); err != nil {
		return err
	}
	artifact, err := download(up, fmt.Sprintf("%s/%d.onnx", channel, manifest.Version))
	if err != nil {
		return err
	}
	fmt.Println(manifest.Version, manifest.Artifact.Sha256, len(artifact))
	return nil
}

func download(up *updater.Updater, path string) ([]byte, error) {
	info, err := up.GetTargetInfo(path)
	if err != nil {
		return nil, err
	}
	_, content, err := up.DownloadTarget(info, "", "")
	return content, err
}
