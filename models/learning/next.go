package learning

import "slices"

// next chooses the one next step: an open quiz first, then the certificate,
// then joining the class's session, then the course that is due soonest, else
// the first skill not passed in the fixed order.
func (s standing) next(h Home, progress []LessonProgress) *NextStep {
	if a := h.OpenAttempt; a != nil {
		step := s.step("quiz", s.courseByKey(a.CourseKey))
		step.CourseKey = a.CourseKey
		return step
	}
	if h.Certificate != nil && h.Certificate.Status == "valid" {
		return &NextStep{Kind: "certificate"}
	}
	if h.Session != nil && !h.Session.Joined {
		if key := h.Session.CourseKey; key != nil {
			return s.step("join_session", s.courseByKey(*key))
		}
		return s.step("join_session", nil)
	}
	for _, c := range s.wanted(h) {
		if step := s.inCourse(c, h, progress); step != nil {
			return step
		}
	}
	return &NextStep{Kind: "none"}
}

// wanted orders the courses whose skill is not passed: the session's, the
// assigned by due date, then the rest by skill.
func (s standing) wanted(h Home) []*course {
	var list []*course
	add := func(c *course) {
		if c == nil || slices.Contains(list, c) {
			return
		}
		if _, passed := s.passes[c.Skill]; !passed {
			list = append(list, c)
		}
	}
	if h.Session != nil && h.Session.CourseKey != nil {
		add(s.courseByKey(*h.Session.CourseKey))
	}
	for _, a := range h.Assignments {
		if a.State != "done" {
			add(s.courseByKey(a.CourseKey))
		}
	}
	for _, t := range h.Skills {
		add(s.courses[t.Skill])
	}
	return list
}

// inCourse is the next step in one course: the first lesson not done; then,
// where the rule asks for one, a practice scenario, unless the class is in
// session and the quiz can count now; then the quiz; after a good quiz at home,
// practice until the teacher opens a session.
func (s standing) inCourse(c *course, h Home, progress []LessonProgress) *NextStep {
	done := s.done[c.Key]
	for i := range c.Lessons {
		lesson := &c.Lessons[i]
		if done.lessons[lesson.Key] {
			continue
		}
		step := &NextStep{Kind: "lesson", CourseKey: c.Key, LessonKey: &lesson.Key, Title: s.said(lesson.Title, lesson.TitleEN), Minutes: lesson.Minutes, CardsTotal: len(lesson.Cards)}
		for _, p := range progress {
			if p.CourseKey == c.Key && p.LessonKey == lesson.Key {
				step.Card = min(p.CardIndex, max(len(lesson.Cards)-1, 0))
			}
		}
		return step
	}
	inSession := h.Session != nil && h.Session.Joined && (h.Session.CourseKey == nil || *h.Session.CourseKey == c.Key)
	counted := done.counted != nil && percent(*done.counted) >= c.Quiz.PassPercent
	if (!inSession || counted) && s.wantsScenario(c.Skill) && len(c.Scenarios) > 0 {
		step := s.step("scenario", c)
		scenario := &c.Scenarios[0]
		step.ScenarioKey, step.Title, step.Minutes = &scenario.Key, scenario.Title, scenario.Minutes
		return step
	}
	if inSession || !done.passed {
		return s.step("quiz", c)
	}
	if len(c.Lessons) == 0 {
		return nil
	}
	step := s.step("practice", c)
	step.LessonKey = &c.Lessons[len(c.Lessons)-1].Key
	return step
}

// wantsScenario tells whether the rule in force asks for a scenario of the
// skill that the pupil has not passed alone yet.
func (s standing) wantsScenario(skill string) bool {
	for _, line := range s.missing.Skills {
		if line.Skill == skill {
			return line.ScenarioNeeded && !line.ScenarioPassed
		}
	}
	return false
}

func (s standing) step(kind string, c *course) *NextStep {
	step := &NextStep{Kind: kind}
	if c != nil {
		step.CourseKey, step.Title = c.Key, s.said(c.Title, c.TitleEN)
		if kind == "quiz" {
			step.Minutes = c.Quiz.Minutes
		}
	}
	return step
}

func (s standing) courseByKey(key string) *course {
	for _, c := range s.courses {
		if c.Key == key {
			return c
		}
	}
	return nil
}
