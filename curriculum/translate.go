package curriculum

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"nhaso/curriculum/scenario"
)

// Translation carries a course into another language: the cards of its lessons, and for every other text the original
// with its translation. Titles, goals and summaries have fields of their own in the course.
type Translation struct {
	Lang    string            `json:"lang"` // en
	Lessons []Lesson          `json:"lessons,omitempty"`
	Texts   map[string]string `json:"texts,omitempty"`
}

// Languages lists the languages that content may be translated into.
func Languages() []string { return []string{"en"} }

// translated names the fields whose texts are shown to a reader. Everything else (keys, kinds, conditions, numbers) must
// be the same in a translation.
var translated = func() map[string]bool {
	out := map[string]bool{}
	for _, name := range strings.Fields(`stem text hints explain worked_example feedback wrong_feedback left right label alt sender time title
		summary story task say need_say confirm inspect from value missing lead ask tonight name teacher pupils offline goals prepare
		prepare_offline check home`) {
		out[name] = true
	}
	return out
}()

// Two fields that no document has: what stands below them is never translated, or only where it is shown.
const (
	compared = "what is compared"
	variable = "value of a variable"
)

// below names the field of a value inside the field of its document.
func below(field, name string) string {
	switch {
	case field == "accept", field == compared, name == "translations":
		return compared
	case field == variable, name == "set", name == "state":
		return variable
	}
	return name
}

// word is the form of a variable's value that conditions can compare (scenario/cond.go). Any other is only shown.
var word = regexp.MustCompile(`^[a-z0-9_]*$`)

// translatable reports whether a text in this field is shown to a reader and compared with nothing.
func translatable(field, text string) bool {
	return translated[field] || field == variable && !word.MatchString(text)
}

// translation reads <dir>/en, whose files are named as the originals. It is nil when there is none.
func (l *loader) translation(dir string, c *Course, pictures *gallery) *Translation {
	at := dir + "/en"
	if !l.exists(at) {
		return nil
	}
	l.folder(at, func(name string, isDir bool) bool {
		return isDir && slices.Contains([]string{"lessons", "questions", "scenarios", "plans"}, name) || name == "leaflet.yaml" && !isDir
	})
	t := &Translation{Lang: "en", Texts: map[string]string{}}
	l.lessonTexts(at, dir, c, t, pictures)
	for _, part := range []struct {
		folder string
		read   func(file string) (any, bool)
	}{
		{"questions", func(file string) (any, bool) { return l.questionsAsJSON(file, pictures) }},
		{"scenarios", func(file string) (any, bool) { return l.asJSON(file, scenarioSchema, &scenario.Scenario{}) }},
		{"plans", func(file string) (any, bool) { return l.asJSON(file, planSchema, &Plan{}) }},
	} {
		form := partName
		for _, name := range l.folder(at+"/"+part.folder, func(name string, isDir bool) bool { return !isDir && form.MatchString(name) }) {
			l.zipFiles(dir+"/"+part.folder+"/"+name, at+"/"+part.folder+"/"+name, part.read, t)
		}
	}
	if l.exists(at + "/leaflet.yaml") {
		l.zipFiles(dir+"/leaflet.yaml", at+"/leaflet.yaml", func(file string) (any, bool) { return l.asJSON(file, leafletSchema, &Leaflet{}) }, t)
	}
	return t
}

// zipFiles reads the original and its translation and pairs their texts. What is wrong with the original has been said
// before.
func (l *loader) zipFiles(original, translation string, read func(string) (any, bool), t *Translation) {
	if !l.exists(original) {
		l.add(Problem{File: translation, Line: 1, Reason: "there is no file " + original + " that this could translate"})
		return
	}
	from, ok1 := read(original)
	to, ok2 := read(translation)
	if !ok1 || !ok2 {
		return
	}
	for _, reason := range zip("", "", from, to, t.Texts) {
		l.add(Problem{File: translation, Line: 1, Reason: reason})
	}
}

// asJSON reads a YAML part into its type and answers it as JSON values.
func (l *loader) asJSON(file, schema string, dst any) (any, bool) {
	if _, ok := l.part(file, schema, dst); !ok {
		return nil, false
	}
	return jsonOf(dst), true
}

func (l *loader) questionsAsJSON(file string, pictures *gallery) (any, bool) {
	text, ok := l.text(file)
	if !ok {
		return nil, false
	}
	list, problems := parseQuestions(file, text, pictures)
	if list == nil {
		l.add(problems...)
		return nil, false
	}
	out := make([]Question, len(list))
	for i, q := range list {
		out[i] = q.Question
	}
	return jsonOf(out), true
}

func jsonOf(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		panic("curriculum: content types always marshal: " + err.Error())
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		panic("curriculum: what was marshalled can be read: " + err.Error())
	}
	return out
}

// zip walks two documents of one shape and notes the texts that differ. It says where the shapes or untranslatable
// values differ.
func zip(at, field string, from, to any, texts map[string]string) (out []string) {
	place := at
	if place == "" {
		place = "the document"
	}
	switch from := from.(type) {
	case map[string]any:
		other, ok := to.(map[string]any)
		if !ok || len(other) != len(from) {
			return []string{place + " has other fields than the original"}
		}
		for _, name := range slices.Sorted(maps.Keys(from)) { // in order, so that the first of two translations always wins
			inner := below(field, name)
			out = append(out, zip(at+"/"+name, inner, from[name], other[name], texts)...)
		}
	case []any:
		other, ok := to.([]any)
		if !ok || len(other) != len(from) {
			return []string{place + " has another number of entries than the original"}
		}
		for i, value := range from {
			out = append(out, zip(fmt.Sprintf("%s/%d", at, i), field, value, other[i], texts)...)
		}
	case string:
		switch other, ok := to.(string); {
		case !ok || other != from && !translatable(field, from):
			out = append(out, place+" must be the same as in the original")
		case other != from && texts[from] == "":
			texts[from] = other
		}
	default:
		if fmt.Sprint(from) != fmt.Sprint(to) {
			out = append(out, place+" must be the same as in the original")
		}
	}
	slices.Sort(out)
	return out
}

// lessonTexts reads the translated cards: each file holds the cards alone, under the keys of the original.
func (l *loader) lessonTexts(at, dir string, c *Course, t *Translation, pictures *gallery) {
	names := l.folder(at+"/lessons", func(name string, isDir bool) bool { return !isDir && lessonName.MatchString(name) })
	for _, name := range names {
		file := at + "/lessons/" + name
		text, ok := l.text(file)
		if !ok {
			continue
		}
		if !l.exists(dir + "/lessons/" + name) {
			l.add(Problem{File: file, Line: 1, Reason: "there is no lesson that this could translate"})
			continue
		}
		cards, problems := parseCardsOf(file, text, 1, maxTranslatedWords, pictures)
		l.add(problems...)
		original := l.lessonByFile(dir+"/lessons/"+name, c)
		if original == nil {
			continue
		}
		if !slices.EqualFunc(original.Cards, cards, func(a, b Card) bool { return a.Key == b.Key && (a.Image == nil) == (b.Image == nil) }) {
			l.add(Problem{File: file, Line: 1, Reason: "must have the cards of the original, under the same keys, in the same order, with the same pictures"})
			continue
		}
		for i := range cards {
			cards[i].Sources, cards[i].Audio = original.Cards[i].Sources, ""
		}
		t.Lessons = append(t.Lessons, Lesson{Key: original.Key, Cards: cards})
	}
	if len(names) < len(c.Lessons) {
		l.add(Problem{File: at + "/lessons", Reason: fmt.Sprintf("%d of %d lessons are translated", len(names), len(c.Lessons)), Warning: true})
	}
}

// lessonByFile finds a lesson of the course by the key in its file's front matter.
func (l *loader) lessonByFile(file string, c *Course) *Lesson {
	data, err := fs.ReadFile(l.fsys, file)
	if err != nil {
		return nil
	}
	front, _, _, ok := splitFrontMatter(strings.ReplaceAll(string(data), "\r\n", "\n"))
	if !ok {
		return nil
	}
	for line := range strings.Lines(front) {
		if key, found := strings.CutPrefix(line, "key:"); found {
			for i := range c.Lessons {
				if c.Lessons[i].Key == strings.Trim(strings.TrimSpace(key), `"'`) {
					return &c.Lessons[i]
				}
			}
		}
	}
	return nil
}

// In answers the course in another language. Keys, hashes and answers stay: an attempt made on the original is shown in
// either. ok is false for a language into which nobody has translated it.
func (c *Course) In(lang string) (out *Course, ok bool) {
	i := slices.IndexFunc(c.Translations, func(t Translation) bool { return t.Lang == lang })
	if i < 0 {
		return nil, false
	}
	t := c.Translations[i]
	doc, _ := replace("", jsonOf(c), t.Texts).(map[string]any)
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, false
	}
	out = &Course{}
	if err := json.Unmarshal(text, out); err != nil {
		return nil, false
	}
	out.Title, out.Summary, out.Goals = c.TitleEN, c.SummaryEN, c.GoalsEN
	for i := range out.Objectives {
		out.Objectives[i].Text = out.Objectives[i].TextEN
	}
	for i := range out.Glossary {
		out.Glossary[i].Meaning = out.Glossary[i].MeaningEN
	}
	for i := range out.Lessons {
		l := &out.Lessons[i]
		l.Title, l.Goal = l.TitleEN, l.GoalEN
		for _, done := range t.Lessons {
			if done.Key == l.Key {
				l.Cards = slices.Clone(done.Cards)
			}
		}
	}
	for i := range out.Scenarios {
		out.Scenarios[i].Title, out.Scenarios[i].Summary = out.Scenarios[i].TitleEN, out.Scenarios[i].SummaryEN
	}
	for i := range out.Images { // their bytes are not in the JSON
		out.Images[i].Data = c.Images[i].Data
	}
	out.Translations = nil
	return out, true
}

// replace puts translations in place of the texts of a document.
func replace(field string, v any, texts map[string]string) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			v[name] = replace(below(field, name), inner, texts)
		}
	case []any:
		for i, inner := range v {
			v[i] = replace(field, inner, texts)
		}
	case string:
		if to, ok := texts[v]; ok && translatable(field, v) {
			return to
		}
	}
	return v
}
