package curriculum

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// TestDraft: authors see the rest of a course while one of its files is broken; nothing of it can be published.
func TestDraft(t *testing.T) {
	const dir = "self_protection/thcs/"
	tests := []struct {
		name, file, text string
		lessons, scenes  int // what is still there
	}{
		{"sound", "", "", 2, 1},
		{"a lesson that cannot be read", "lessons/01-khoa.md", "no head", 1, 1},
		{"a scenario that cannot be read", "scenarios/01-hop-thu.yaml", "key: [", 2, 0},
		{"questions that cannot be read", "questions/01-khoa.yaml", "- {", 2, 1},
		{"a course that cannot be read", "course.yaml", "key: [", 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := validTree(t)
			if tt.file != "" {
				if tree[dir+tt.file] == nil {
					t.Fatalf("the valid tree has no %s", tt.file)
				}
				tree[dir+tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
			}
			catalog, problems := Draft(tree, time.Time{})
			lessons, scenes := 0, 0
			for _, c := range catalog.Courses {
				lessons, scenes = lessons+len(c.Lessons), scenes+len(c.Scenarios)
			}
			if lessons != tt.lessons || scenes != tt.scenes {
				t.Errorf("%d lessons and %d scenarios, want %d and %d", lessons, scenes, tt.lessons, tt.scenes)
			}
			strict, _ := Load(tree)
			if broken := tt.file != ""; broken != (strict == nil) {
				t.Errorf("Load answers a catalog: %v", strict != nil)
			}
			if tt.file != "" && !strings.Contains(problemText(problems), tt.file) {
				t.Errorf("no problem names %s: %v", tt.file, problems)
			}
		})
	}
}

func problemText(list []Problem) string {
	var out []string
	for _, p := range list {
		out = append(out, p.File)
	}
	return strings.Join(out, "\n")
}
