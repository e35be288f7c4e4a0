package curriculum

// Summary counts what the catalog holds.
type Summary struct {
	Courses   int `json:"courses"`
	Lessons   int `json:"lessons"`
	Cards     int `json:"cards"`
	Questions int `json:"questions"`
	Scenarios int `json:"scenarios"`
	// BySkill counts by skill and level; a skill without courses is not in it.
	BySkill map[string]map[string]Count `json:"bySkill"`
}

// Count is the part of a Summary for one skill at one level. Kinds and Uses count questions by kind and use.
type Count struct {
	Courses   int            `json:"courses"`
	Lessons   int            `json:"lessons"`
	Cards     int            `json:"cards"`
	Questions int            `json:"questions"`
	Scenarios int            `json:"scenarios"`
	Plans     int            `json:"plans"`
	Kinds     map[string]int `json:"kinds"`
	Uses      map[string]int `json:"uses"`
}

// Summary counts courses, lessons, cards, questions and scenarios, in all and by skill and level.
func (c *Catalog) Summary() Summary {
	s := Summary{BySkill: map[string]map[string]Count{}}
	for _, course := range c.Courses {
		if s.BySkill[course.Skill] == nil {
			s.BySkill[course.Skill] = map[string]Count{}
		}
		n := Count{Courses: 1, Lessons: len(course.Lessons), Questions: len(course.Questions),
			Scenarios: len(course.Scenarios), Plans: len(course.Plans), Kinds: map[string]int{}, Uses: map[string]int{}}
		for _, l := range course.Lessons {
			n.Cards += len(l.Cards)
		}
		for _, q := range course.Questions {
			n.Kinds[q.Kind]++
			n.Uses[q.Use]++
		}
		s.BySkill[course.Skill][course.Level] = n
		s.Courses++
		s.Lessons += n.Lessons
		s.Cards += n.Cards
		s.Questions += n.Questions
		s.Scenarios += n.Scenarios
	}
	return s
}
