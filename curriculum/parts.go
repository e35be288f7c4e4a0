package curriculum

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"nhaso/curriculum/scenario"
)

// maxLeafletWords keeps a leaflet on one printed page.
const maxLeafletWords = 260

var partName = regexp.MustCompile(`^[0-9]{2}-[a-z0-9]+(-[a-z0-9]+)*\.yaml$`)

// scenarioFile, planFile and leafletFile remember their document for later checks.
type (
	scenarioFile struct {
		scenario.Scenario
		doc *document
	}
	planFile struct {
		Plan
		doc *document
	}
	leafletFile struct {
		Leaflet
		doc *document
	}
)

// part reads one YAML file into dst; ok is false when it cannot be used.
func (l *loader) part(name, schema string, dst any) (doc *document, ok bool) {
	text, ok := l.text(name)
	if !ok {
		return nil, false
	}
	doc, problems := parseYAML(name, text, 1)
	if len(problems) == 0 {
		problems = append(doc.validate(schema), doc.checkStrings()...)
	}
	if len(problems) == 0 {
		problems = doc.decode(dst)
	}
	l.add(problems...)
	return doc, len(problems) == 0
}

func (l *loader) parts(dir string) []string {
	return l.folder(dir, func(name string, isDir bool) bool { return !isDir && partName.MatchString(name) })
}

func (l *loader) scenarios(dir string, pictures *gallery) (all []*scenarioFile) {
	for _, name := range l.parts(dir + "/scenarios") {
		s := &scenarioFile{}
		var ok bool
		if s.doc, ok = l.part(dir+"/scenarios/"+name, scenarioSchema, &s.Scenario); !ok {
			continue
		}
		if s.Sources == nil {
			s.Sources = []string{}
		}
		l.add(s.showPictures(pictures)...)
		for _, issue := range scenario.Check(&s.Scenario) {
			p := s.doc.at(issue.At, "%s", issue.Reason)
			p.Warning = issue.Warning
			l.add(p)
		}
		l.add(s.doc.checkCompetences("", s.Competences)...)
		s.Course = strings.ReplaceAll(dir, "/", "-")
		s.Hash = hashJSON(s.Scenario)
		all = append(all, s)
	}
	return all
}

// showPictures puts content addresses in place of file names.
func (s *scenarioFile) showPictures(pictures *gallery) (out []Problem) {
	for i := range s.Screens {
		for j := range s.Screens[i].Elements {
			e := &s.Screens[i].Elements[j]
			if e.Image == "" {
				continue
			}
			picture, ok := pictures.picture(e.Image, e.Alt)
			if !ok {
				out = append(out, s.doc.at(fmt.Sprintf("/screens/%d/elements/%d/image", i, j), "there is no picture %q in this course", e.Image))
				continue
			}
			e.Image = picture.Src
		}
	}
	return out
}

func (l *loader) plans(dir string) (all []*planFile) {
	for _, name := range l.parts(dir + "/plans") {
		p := &planFile{}
		var ok bool
		if p.doc, ok = l.part(dir+"/plans/"+name, planSchema, &p.Plan); !ok {
			continue
		}
		sum := 0
		for _, s := range p.Steps {
			sum += s.Minutes
		}
		if sum != PlanMinutes {
			l.add(p.doc.at("/steps", "the steps take %d minutes, a period has %d", sum, PlanMinutes))
		}
		all = append(all, p)
	}
	return all
}

func (l *loader) leaflet(dir string) *leafletFile {
	name := dir + "/leaflet.yaml"
	if !l.exists(name) {
		return nil
	}
	f := &leafletFile{}
	var ok bool
	if f.doc, ok = l.part(name, leafletSchema, &f.Leaflet); !ok {
		return nil
	}
	words := strings.Fields(strings.Join(append([]string{f.Title, f.Lead, f.Ask}, f.Tonight...), " "))
	for _, p := range f.Points {
		words = append(words, strings.Fields(p.Title+" "+p.Text)...)
	}
	if len(words) > maxLeafletWords {
		l.add(f.doc.at("", "the leaflet has %d words; one page holds %d", len(words), maxLeafletWords))
	}
	return f
}

// checkParts ties scenarios, plans and the leaflet to the course.
func checkParts(c *courseFile, lessons []*lessonFile, scenarios []*scenarioFile, plans []*planFile, leaflet *leafletFile) (out []Problem) {
	keys := map[string]bool{}
	for _, s := range scenarios {
		if keys[s.Key] {
			out = append(out, s.doc.at("/key", "scenario key %q is used before", s.Key))
		}
		keys[s.Key] = true
		if !slices.ContainsFunc(c.Objectives, func(o Objective) bool { return o.Key == s.Objective }) {
			out = append(out, s.doc.at("/objective", "the course has no objective %q", s.Objective))
		}
		out = append(out, c.knownSources(s.doc, "", s.Sources)...)
	}
	taught := map[string]bool{}
	for _, p := range plans {
		if keys["plan "+p.Key] {
			out = append(out, p.doc.at("/key", "plan key %q is used before", p.Key))
		}
		keys["plan "+p.Key] = true
		for i, key := range p.Lessons {
			if !slices.ContainsFunc(lessons, func(l *lessonFile) bool { return l.Key == key }) {
				out = append(out, p.doc.at(fmt.Sprintf("/lessons/%d", i), "the course has no lesson %q", key))
			}
			taught[key] = true
		}
	}
	for _, l := range lessons {
		if len(plans) > 0 && !taught[l.Key] {
			out = append(out, l.doc.at("/key", "no plan teaches lesson %q", l.Key))
		}
	}
	if leaflet != nil {
		out = append(out, c.knownSources(leaflet.doc, "", leaflet.Sources)...)
	}
	return out
}

// checkTwins makes sure that a twin can stand in for its question, and that placement questions name their lesson.
func checkTwins(questions []*questionFile, byKey map[string]*questionFile, lessons []*lessonFile) (out []Problem) {
	for _, q := range questions {
		if q.Twin != "" {
			switch twin := byKey[q.Twin]; {
			case twin == nil || q.Twin == q.Key:
				out = append(out, q.problem("/twin", "there is no other question %q", q.Twin))
			case !twin.Practised() || twin.Objective != q.Objective:
				out = append(out, q.problem("/twin", "the twin must be a practice question of the same objective"))
			}
		}
		switch placement := q.Use == "placement"; {
		case placement && q.Lesson == "":
			out = append(out, q.problem("/use", "a placement question names the lesson that it may save (lesson: key)"))
		case !placement && q.Lesson != "":
			out = append(out, q.problem("/lesson", "only a placement question (use: placement) names a lesson"))
		case placement && !slices.ContainsFunc(lessons, func(l *lessonFile) bool { return l.Key == q.Lesson }):
			out = append(out, q.problem("/lesson", "the course has no lesson %q", q.Lesson))
		}
	}
	return out
}
