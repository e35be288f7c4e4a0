package curriculum

// Summary counts what the catalog holds.
type Summary struct {
	Courses   int `json:"courses"`
	Lessons   int `json:"lessons"`
	Cards     int `json:"cards"`
	Questions int `json:"questions"`
	// BySkill counts by skill and level; a skill without courses is not in it.
	BySkill map[string]map[string]Count `json:"bySkill"`
}

// Count is the part of a Summary for one skill at one level. Kinds counts questions by kind.
type Count struct {
	Courses   int            `json:"courses"`
	Lessons   int            `json:"lessons"`
	Cards     int            `json:"cards"`
	Questions int            `json:"questions"`
	Kinds     map[string]int `json:"kinds"`
}

// Summary counts courses, lessons, cards and questions, in all and by skill and level.
func (c *Catalog) Summary() Summary {
	s := Summary{BySkill: map[string]map[string]Count{}}
	for _, course := range c.Courses {
		if s.BySkill[course.Skill] == nil {
			s.BySkill[course.Skill] = map[string]Count{}
		}
		n := Count{Courses: 1, Lessons: len(course.Lessons), Questions: len(course.Questions), Kinds: map[string]int{}}
		for _, l := range course.Lessons {
			n.Cards += len(l.Cards)
		}
		for _, q := range course.Questions {
			n.Kinds[q.Kind]++
		}
		s.BySkill[course.Skill][course.Level] = n
		s.Courses++
		s.Lessons += n.Lessons
		s.Cards += n.Cards
		s.Questions += n.Questions
	}
	return s
}
