package seeds

import (
	"context"
	"fmt"
	"slices"

	"nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/outreach"
)

// Play plays an example of a scenario as the pupil: a solution, or with fail a
// run that ends badly. pace, in milliseconds, parts the entries: two pupils who
// did the same never did it at the same pace. The error is NotFound for a
// course without that scenario.
func (h *House) Play(ctx context.Context, pupil Pupil, courseKey, key, mode string, fail bool, pace int) (learning.Run, error) {
	s, err := h.scenario(courseKey, key)
	if err != nil {
		return learning.Run{}, err
	}
	examples := s.Solutions
	if fail {
		examples = s.Failures
	}
	id, log, err := h.runOf(s, mode, examples, !fail)
	if err != nil {
		return learning.Run{}, err
	}
	return h.Learning.RecordRun(ctx, pupil.Actor(), learning.NewRun{ID: id, CourseKey: courseKey, ScenarioKey: key, ScenarioHash: s.Hash,
		Mode: mode, Log: paced(log, pace)})
}

func (h *House) scenario(courseKey, key string) (*scenario.Scenario, error) {
	course, ok := h.Catalog.Course(courseKey)
	if !ok {
		return nil, models.NotFound()
	}
	s, ok := course.Scenario(key)
	if !ok {
		return nil, models.NotFound()
	}
	return s, nil
}

// runOf answers an id and the example that fits the variant it chooses, comes
// to an end, and passes or not.
func (h *House) runOf(s *scenario.Scenario, mode string, examples []scenario.Example, pass bool) (models.ID, []scenario.Entry, error) {
	m, err := scenario.NewMachine(s)
	if err != nil {
		return models.ID{}, nil, err
	}
	for range 200 {
		id := models.NewID(h.DB.Clock().Now())
		variant := m.PickVariant(id)
		for _, ex := range examples {
			log := scenario.ParseLog(ex.Log)
			if ex.Variant != variant {
				continue
			}
			if r, err := m.Replay(variant, mode, log); err == nil && r.Ended && m.Grade(r).Passed == pass {
				return id, log, nil
			}
		}
	}
	return models.ID{}, nil, fmt.Errorf("scenario %q: no example of mode %q that ends", s.Key, mode)
}

func paced(log []scenario.Entry, pace int) []scenario.Entry {
	out := slices.Clone(log)
	for i := range out {
		out[i].At = i * pace
	}
	return out
}

// Teach begins a family mission as the pupil and confirms it as the relative
// does, after a solution of the scenario.
func (h *House) Teach(ctx context.Context, pupil Pupil, courseKey, key, kinship, pin, device string) (outreach.Thanks, error) {
	m, err := h.BeginMission(ctx, pupil, courseKey, key)
	if err != nil {
		return outreach.Thanks{}, err
	}
	s, err := h.scenario(courseKey, key)
	if err != nil {
		return outreach.Thanks{}, err
	}
	invited, err := h.Outreach.Invite(ctx, m.Code)
	if err != nil {
		return outreach.Thanks{}, err
	}
	at := slices.IndexFunc(s.Solutions, func(ex scenario.Example) bool { return ex.Variant == invited.Variant })
	if at < 0 {
		return outreach.Thanks{}, fmt.Errorf("scenario %q: no solution of variant %q", key, invited.Variant)
	}
	return h.Outreach.Confirm(ctx, m.Code, outreach.Confirmation{ID: models.NewID(h.DB.Clock().Now()), Kinship: kinship, Pin: pin, Device: device,
		Agreed: true, Log: scenario.ParseLog(s.Solutions[at].Log)})
}

// BeginMission begins a family mission as the pupil.
func (h *House) BeginMission(ctx context.Context, pupil Pupil, courseKey, key string) (outreach.Mission, error) {
	s, err := h.scenario(courseKey, key)
	if err != nil {
		return outreach.Mission{}, err
	}
	course, _ := h.Catalog.Course(courseKey)
	return h.Outreach.Begin(ctx, pupil.Actor(), outreach.NewMission{ID: models.NewID(h.DB.Clock().Now()), CourseKey: courseKey, Skill: course.Skill,
		ScenarioKey: key, ScenarioHash: s.Hash})
}

// practised is a scenario of the demo's courses.
type practised struct{ course, key string }

func (d *demo) scenarios() (list []practised) {
	for _, c := range d.Catalog.Courses {
		for _, s := range c.Scenarios {
			if c.Level == "thcs" {
				list = append(list, practised{c.Key, s.Key})
			}
		}
	}
	return list
}

// taught are the demo's confirmed missions: whose pupil, which relative, on
// whose phone. The last two are of one relative, who counts once.
var taught = []struct {
	pupil                int
	kinship, pin, device string
}{
	{0, "grandmother_father", "2580", "shared"}, {1, "mother", "1954", "own"}, {2, "aunt_uncle", "7069", "own"}, {3, "grandfather_mother", "3105", "shared"},
	{5, "mother", "8642", "shared"}, {6, "father", "9017", "own"}, {7, "grandmother_mother", "6270", "shared"}, {7, "grandmother_mother", "6270", "shared"},
}

// families lets every third pupil of 7A play scenarios, one of them badly, and
// some teach a relative at home; two missions still wait for theirs.
func (d *demo) families(ctx context.Context) error {
	all := d.scenarios()
	if len(all) == 0 {
		return nil // a build without scenarios
	}
	seven := d.pupils[:d.size.Pupils]
	for i := 1; i < len(seven); i += 3 {
		for k := range 2 {
			p := all[(i+k*3)%len(all)]
			_, err := d.Play(ctx, seven[i], p.course, p.key, scenario.Modes()[(i/3+k)%3], i == 4 && k == 0, 900+37*i+k)
			if err != nil {
				return fmt.Errorf("pupil %d plays %s: %w", i, p.key, err)
			}
		}
	}
	for i, one := range taught {
		if p := all[i%len(all)]; one.pupil < len(seven) {
			if _, err := d.Teach(ctx, seven[one.pupil], p.course, p.key, one.kinship, one.pin, one.device); err != nil {
				return fmt.Errorf("pupil %d teaches %s: %w", one.pupil, p.key, err)
			}
		}
	}
	for _, i := range []int{0, min(8, len(seven)-1)} {
		if _, err := d.BeginMission(ctx, seven[i], all[0].course, all[0].key); err != nil {
			return err
		}
	}
	return nil
}
