package scenario

// Points of the rubric's lines that name none, and of lures.
const (
	taskPoints  = 2
	habitPoints = 1
	lurePoints  = 2
	legitPoints = 1
)

// Result is the score of a run. Percent is rounded down. The lists hold keys of the scenario, in its order.
type Result struct {
	Percent       int      `json:"percent"`
	Passed        bool     `json:"passed"`
	Ended         bool     `json:"ended"` // a run that was left counts as not passed
	Critical      []string `json:"critical"`
	TasksDone     []string `json:"tasks_done"`
	TasksMissing  []string `json:"tasks_missing"`
	Habits        []string `json:"habits"`
	HabitsMissing []string `json:"habits_missing"`
	Found         []string `json:"found"`          // lures recognised
	Missed        []string `json:"missed"`         // lures fallen for or not recognised
	LegitKept     []string `json:"legit_kept"`     // genuine things taken as such
	LegitRejected []string `json:"legit_rejected"` // genuine things wrongly rejected
	HardFound     int      `json:"hard_found"`
	Hints         int      `json:"hints"`
}

// Grade scores a run by the rubric: percent of all points, where tasks, habits, recognised lures and genuine things
// that were not rejected earn points. Passed needs the pass percent, every task, no critical error, and an end.
func (m *Machine) Grade(r *Run) Result {
	out := Result{Ended: r.Ended, Hints: r.Hints, Critical: []string{}, TasksDone: []string{}, TasksMissing: []string{}, Habits: []string{},
		HabitsMissing: []string{}, Found: []string{}, Missed: []string{}, LegitKept: []string{}, LegitRejected: []string{}}
	got, all := 0, 0
	for _, c := range m.Rubric.Critical {
		if m.holds(c.When, r.State) {
			out.Critical = append(out.Critical, c.Key)
		}
	}
	score := func(list []Criterion, points int, done, missing *[]string) {
		for _, c := range list {
			n := c.Points
			if n == 0 {
				n = points
			}
			all += n
			if m.holds(c.When, r.State) {
				got += n
				*done = append(*done, c.Key)
			} else {
				*missing = append(*missing, c.Key)
			}
		}
	}
	score(m.Rubric.Tasks, taskPoints, &out.TasksDone, &out.TasksMissing)
	score(m.Rubric.Habits, habitPoints, &out.Habits, &out.HabitsMissing)
	for _, l := range m.Lures {
		points, earned := m.gradeLure(l, r, &out)
		all += points
		if earned {
			got += points
		}
	}
	if all > 0 {
		out.Percent = 100 * got / all
	}
	out.Passed = r.Ended && len(out.Critical) == 0 && len(out.TasksMissing) == 0 && out.Percent >= m.Rubric.PassPercent
	return out
}

func (m *Machine) gradeLure(l Lure, r *Run, out *Result) (points int, earned bool) {
	if l.Legit {
		if m.holds(l.Rejected, r.State) {
			out.LegitRejected = append(out.LegitRejected, l.Key)
			return legitPoints, false
		}
		out.LegitKept = append(out.LegitKept, l.Key)
		return legitPoints, true
	}
	// An empty Fell always holds as a condition, but says that this lure cannot be fallen for.
	fell := l.Fell != "" && m.holds(l.Fell, r.State)
	if fell || !m.holds(l.Spotted, r.State) {
		out.Missed = append(out.Missed, l.Key)
		return lurePoints, false
	}
	out.Found = append(out.Found, l.Key)
	if l.Difficulty == "hard" {
		out.HardFound++
	}
	return lurePoints, true
}
