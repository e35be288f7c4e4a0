package curriculum

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// TestAuthoringWalkThrough: the blocks of the guide, pasted one after the other into an empty file, give a scenario
// without a fault, and not before the last.
func TestAuthoringWalkThrough(t *testing.T) {
	guide, err := os.ReadFile("../docs/authoring.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(guide), "### Từ tệp trống đến lúc đạt")
	if !found {
		t.Fatal("the walk-through is gone from docs/authoring.md")
	}
	text, _, _ = strings.Cut(text, "\n## ")
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(blocks) != 7 {
		t.Fatalf("the walk-through has %d blocks and says seven", len(blocks))
	}
	const file = "self_protection/thcs/scenarios/02-nhom-lop.yaml"
	tree, written := validTree(t), ""
	for i, block := range blocks {
		written += block[1]
		tree[file] = &fstest.MapFile{Data: []byte(written)}
		_, problems := Load(tree)
		var here []Problem
		for _, p := range problems {
			if p.File == file {
				here = append(here, p)
			}
		}
		if last := i == len(blocks)-1; last != (len(here) == 0) {
			t.Errorf("after block %d: %v", i+1, here)
		}
	}
}
