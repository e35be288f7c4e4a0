package curriculum

import (
	"fmt"
	"strconv"
)

// questionFile is a question as authors write it: the names of the list differ by kind, which reads better than one
// name for all. Its own Image shadows that of Question.
type questionFile struct {
	Question
	Image    string   `json:"image"`
	ImageAlt string   `json:"image_alt"`
	Reasons  []Option `json:"reasons"`
	Items    []Option `json:"items"`

	doc *document
	at  string // JSON pointer of the question in doc
}

// parseQuestions reads a file of questions. Structure is the schema's business; what a schema cannot say is checked here.
func parseQuestions(file, text string, pictures *gallery) ([]*questionFile, []Problem) {
	doc, problems := parseYAML(file, text, 1)
	if len(problems) > 0 {
		return nil, problems
	}
	if problems = append(doc.validate(questionsSchema), doc.checkStrings()...); len(problems) > 0 {
		return nil, problems
	}
	var list []*questionFile
	if problems = doc.decode(&list); len(problems) > 0 {
		return nil, problems
	}
	for i, q := range list {
		q.doc, q.at = doc, "/"+strconv.Itoa(i)
		problems = append(problems, q.settle(pictures)...)
		problems = append(problems, q.check()...)
	}
	return list, problems
}

// problem points at a place inside the question.
func (q *questionFile) problem(below, format string, args ...any) Problem {
	return q.doc.at(q.at+below, "question %q: %s", q.Key, fmt.Sprintf(format, args...))
}

// settle brings the question from the form of the file into that of the catalog.
func (q *questionFile) settle(pictures *gallery) []Problem {
	stem, problems := q.doc.inline(q.at+"/stem", q.Stem)
	q.Stem = stem
	if q.Use == "" {
		q.Use = "both"
	}
	switch q.Kind {
	case "true_false":
		q.Options = q.Reasons
	case "order":
		q.Options = q.Items
	}
	for _, list := range []*[]string{&q.Competences, &q.Sources} {
		if *list == nil {
			*list = []string{}
		}
	}
	if q.Image != "" {
		picture, ok := pictures.picture(q.Image, q.ImageAlt)
		if !ok {
			problems = append(problems, q.problem("/image", "there is no picture %q in this course", q.Image))
		}
		q.Question.Image = picture
	}
	return problems
}

func (q *questionFile) check() []Problem {
	out := q.doc.checkCompetences(q.at, q.Competences)
	out = append(out, q.doc.checkUnique(q.at+"/sources", "source", q.Sources)...)
	switch q.Kind {
	case "single", "multiple":
		out = append(out, q.checkOptions("/options", q.Kind == "multiple")...)
	case "true_false":
		out = append(out, q.checkOptions("/reasons", false)...)
	case "order":
		out = append(out, q.checkTexts("/items", "/text", texts(q.Items))...)
	case "match":
		out = append(out, q.checkMatch()...)
	case "spot":
		out = append(out, q.checkSpot()...)
	}
	return out
}

// checkOptions wants the right number of right options, no reference to the other options, and no two alike.
// That every wrong option has feedback is said by the schema.
func (q *questionFile) checkOptions(at string, several bool) []Problem {
	out := q.checkTexts(at, "/text", texts(q.Options))
	correct := 0
	for i, o := range q.Options {
		if o.Correct {
			correct++
		}
		if refersToOthers(o.Text) {
			out = append(out, q.problem(fmt.Sprintf("%s/%d", at, i), "option %q refers to the other options; say what it means", o.Key))
		}
	}
	switch {
	case !several && correct != 1:
		out = append(out, q.problem(at, "needs exactly one correct option, found %d", correct))
	case several && correct == 0:
		out = append(out, q.problem(at, "needs at least one correct option"))
	case several && correct == len(q.Options):
		out = append(out, q.problem(at, "needs at least one wrong option"))
	}
	return out
}

// keyed is a list entry reduced to what must be unique in its list.
type keyed struct{ key, text string }

func texts(options []Option) []keyed {
	out := make([]keyed, len(options))
	for i, o := range options {
		out[i] = keyed{o.Key, o.Text}
	}
	return out
}

// checkTexts refuses equal keys and equal texts in a list.
func (q *questionFile) checkTexts(at, field string, list []keyed) []Problem {
	var out []Problem
	keys, seen := map[string]bool{}, map[string]bool{}
	for i, entry := range list {
		if keys[entry.key] {
			out = append(out, q.problem(fmt.Sprintf("%s/%d/key", at, i), "key %q stands in this list twice", entry.key))
		}
		if folded := fold(entry.text); seen[folded] {
			out = append(out, q.problem(fmt.Sprintf("%s/%d%s", at, i, field), "the text %q stands in this list twice", entry.text))
		} else {
			seen[folded] = true
		}
		keys[entry.key] = true
	}
	return out
}

func (q *questionFile) checkMatch() []Problem {
	lefts, rights := make([]keyed, len(q.Pairs)), make([]keyed, len(q.Pairs))
	for i, p := range q.Pairs {
		lefts[i], rights[i] = keyed{p.Key, p.Left}, keyed{strconv.Itoa(i), p.Right}
	}
	out := q.checkTexts("/pairs", "/left", lefts)
	out = append(out, q.checkTexts("/pairs", "/right", rights)...)
	used := map[string]bool{}
	for _, p := range q.Pairs {
		used[p.Key], used[fold(p.Right)+"\n"] = true, true
	}
	for i, o := range q.Extra {
		at := fmt.Sprintf("/extra/%d", i)
		if used[o.Key] {
			out = append(out, q.problem(at+"/key", "key %q stands in this list twice", o.Key))
		}
		if used[fold(o.Text)+"\n"] {
			out = append(out, q.problem(at+"/text", "the text %q is also a right side", o.Text))
		}
		used[o.Key], used[fold(o.Text)+"\n"] = true, true
	}
	return out
}

func (q *questionFile) checkSpot() []Problem {
	switch {
	case q.Message != nil && q.Spots != nil:
		return []Problem{q.problem("/spots", "takes a message or spots on a picture, not both")}
	case q.Message != nil:
		return q.checkMessage()
	case q.Spots != nil:
		return q.checkSpots()
	}
	return []Problem{q.problem("/kind", "needs a message, or a picture with spots")}
}

func (q *questionFile) checkMessage() []Problem {
	var out []Problem
	if brand, bad := wearsBrand(q.Message.Sender); bad {
		out = append(out, q.problem("/message/sender", "the sender wears a real name (%s); invent one", brand))
	}
	list, signs := make([]keyed, len(q.Message.Parts)), 0
	for i, p := range q.Message.Parts {
		list[i] = keyed{p.Key, p.Text}
		if p.Sign {
			signs++
		}
	}
	out = append(out, q.checkTexts("/message/parts", "/text", list)...)
	return append(out, q.checkSigns("/message/parts", signs, len(list))...)
}

func (q *questionFile) checkSpots() []Problem {
	var out []Problem
	list, signs := make([]keyed, len(q.Spots)), 0
	for i, s := range q.Spots {
		list[i] = keyed{s.Key, s.Label}
		if s.Sign {
			signs++
		}
		if s.X+s.W > 100 || s.Y+s.H > 100 {
			out = append(out, q.problem(fmt.Sprintf("/spots/%d", i), "spot %q reaches over the edge of the picture", s.Key))
		}
	}
	out = append(out, q.checkTexts("/spots", "/label", list)...)
	return append(out, q.checkSigns("/spots", signs, len(list))...)
}

func (q *questionFile) checkSigns(at string, signs, all int) []Problem {
	switch signs {
	case 0:
		return []Problem{q.problem(at, "needs at least one warning sign")}
	case all:
		return []Problem{q.problem(at, "needs at least one harmless part, or marking everything would be right")}
	}
	return nil
}
