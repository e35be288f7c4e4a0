package curriculum

import (
	"testing"
	"time"
)

// TestContent is the gate for the embedded courses: they load without a single finding and are as rich as promised.
func TestContent(t *testing.T) {
	catalog, problems := LoadAt(Content(), time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC))
	for _, p := range problems {
		t.Errorf("%s:%d: %s (warning: %v)", p.File, p.Line, p.Reason, p.Warning)
	}
	if catalog == nil {
		t.Fatal("no catalog")
	}
	summary := catalog.Summary()
	for _, skill := range Skills() {
		if len(summary.BySkill[skill]) == 0 {
			t.Errorf("no course for skill %s", skill)
		}
	}
	n := summary.BySkill["self_protection"]["thcs"]
	if n.Lessons < 6 || n.Questions < 30 || len(n.Kinds) < 5 {
		t.Errorf("self_protection-thcs has %d lessons, %d questions and %d kinds; want 6, 30 and 5", n.Lessons, n.Questions, len(n.Kinds))
	}
}
