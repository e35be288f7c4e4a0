package bank

import (
	"encoding/base64"
	"path"
	"slices"
	"strconv"
	"strings"

	"nhaso/curriculum"
)

// item is one question of a file as the format tells it, before tags and extension are laid over it.
type item struct {
	where, name  string
	q            curriculum.Question
	tags         []string
	rest         string
	skip, detail string // why it is none of ours
}

// keep takes an item into the set, or lists why not.
func (r *reader) keep(it item) {
	if it.skip != "" {
		r.skip(it.where, it.skip, it.detail)
		return
	}
	r.take(it.where, it.name, it.q, it.tags, it.rest)
}

// moodle reads a Moodle XML file.
func (r *reader) moodle(data []byte) error {
	root, err := parseXML(data)
	if err != nil {
		return err
	}
	if root.name != "quiz" {
		return refuse("line "+itoa(root.line), "not_moodle")
	}
	for _, n := range root.all("question") {
		if n.at("type") == "category" {
			continue // only where the next questions were filed
		}
		if r.full() {
			return refuse("line "+itoa(n.line), "too_many_questions")
		}
		r.keep(r.moodleQuestion(n))
	}
	return nil
}

func (r *reader) moodleQuestion(n *node) item {
	name := strings.Join(strings.Fields(n.first("name").inner()), " ")
	it := item{where: "line " + itoa(n.line), name: name}
	if name != "" {
		it.where += ": " + short(name)
	}
	body := n.first("questiontext")
	stem := r.moodleText(body)
	it.q.Key = strings.TrimSpace(n.first("idnumber").inner())
	it.q.Image = r.moodlePicture(it.where, body, stem)
	var dropped bool
	it.q.Stem, dropped = inline(stem.kids)
	if dropped {
		r.note(it.where, "markup_dropped", "")
	}
	general := r.moodleText(n.first("generalfeedback"))
	it.q.WorkedExample = takeClass(general, exampleClass)
	takeClass(general, reasonsClass)
	it.q.Explain, _ = lines(general.kids)
	for _, h := range n.all("hint") {
		if text := r.moodlePlain(h); text != "" {
			it.q.Hints = append(it.q.Hints, text)
		}
	}
	for _, t := range n.first("tags").all("tag") {
		it.tags = append(it.tags, strings.TrimSpace(t.inner()))
	}
	it.rest = strings.TrimSpace(n.first("rest").inner())
	r.moodleLost(it.where, n)
	r.moodleKind(&it, n)
	return it
}

// moodleLost tells of what has no place here: the feedback that Moodle gives for all wrong or all right answers together
// (that for a match is read), and pictures as Moodle 1.9 wrote them.
func (r *reader) moodleLost(where string, n *node) {
	for _, name := range []string{"correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"} {
		if text := n.first(name).first("text").inner(); strings.TrimSpace(text) != "" && !strings.Contains(text, reasonsClass) {
			r.note(where, "feedback_dropped", "")
			break
		}
	}
	if src := n.first("image").inner(); strings.TrimSpace(src) != "" {
		r.note(where, "picture_dropped", short(src))
	}
}

// moodleKind reads what is particular to a type of question.
func (r *reader) moodleKind(it *item, n *node) {
	switch kind := n.at("type"); kind {
	case "multichoice":
		r.moodleChoices(it, n)
	case "truefalse":
		r.moodleTrueFalse(it, n)
	case "matching":
		r.moodlePairs(it, n)
	case "ordering":
		it.q.Kind = "order"
		answers := slices.Clone(n.all("answer"))
		slices.SortStableFunc(answers, func(a, b *node) int { return int(fraction(a)*1000) - int(fraction(b)*1000) })
		for _, a := range answers {
			it.q.Options = append(it.q.Options, r.moodleOption(a, len(it.q.Options)))
		}
	default:
		it.skip, it.detail = "type_unsupported", short(kind)
	}
}

func (r *reader) moodleOption(a *node, n int) curriculum.Option {
	return curriculum.Option{Key: letter(n), Text: r.moodlePlain(a), Feedback: r.moodlePlain(a.first("feedback"))}
}

// fraction is the weight of an answer; what is no number weighs nothing.
func fraction(a *node) float64 {
	f, err := strconv.ParseFloat(strings.TrimSpace(a.at("fraction")), 64)
	if err != nil || f != f || f > 1e6 || f < -1e6 {
		return 0
	}
	return f
}

func (r *reader) moodleChoices(it *item, n *node) {
	single := strings.TrimSpace(n.first("single").inner())
	it.q.Kind = "multiple"
	if single == "true" || single == "1" {
		it.q.Kind = "single"
	}
	uneven, weight := false, 0.0
	for _, a := range n.all("answer") {
		o, f := r.moodleOption(a, len(it.q.Options)), fraction(a)
		if it.q.Kind == "single" {
			o.Correct = f > 99.9
			uneven = uneven || f > 0 && !o.Correct
		} else {
			o.Correct = f > 0
			uneven = uneven || f > 0 && weight > 0 && f != weight
			weight = max(weight, f)
		}
		it.q.Options = append(it.q.Options, o)
	}
	if uneven {
		r.note(it.where, "weights_dropped", "")
	}
}

func (r *reader) moodleTrueFalse(it *item, n *node) {
	it.q.Kind = "true_false"
	for _, a := range n.all("answer") {
		text := strings.ToLower(strings.TrimSpace(r.moodlePlain(a)))
		verdict := text == "true"
		if text != "true" && text != "false" {
			continue
		}
		if fraction(a) > 0 {
			it.q.Answer = &verdict
		} else {
			it.q.WrongFeedback = r.moodlePlain(a.first("feedback"))
		}
	}
}

func (r *reader) moodlePairs(it *item, n *node) {
	it.q.Kind = "match"
	for _, s := range n.all("subquestion") {
		left, right := r.moodlePlain(s), r.moodlePlain(s.first("answer"))
		if left == "" {
			if right != "" {
				it.q.Extra = append(it.q.Extra, curriculum.Option{Key: "x" + itoa(len(it.q.Extra)+1), Text: right})
			}
			continue
		}
		it.q.Pairs = append(it.q.Pairs, curriculum.Pair{Key: letter(len(it.q.Pairs)), Left: left, Right: right})
	}
}

// moodleText reads an element with a format and a text into markup.
func (r *reader) moodleText(n *node) *node {
	text := n.first("text").inner()
	switch n.at("format") {
	case "plain_text":
		return &node{name: "div", kids: textLines(text)}
	case "moodle_auto_format":
		if !strings.Contains(text, "<") {
			return &node{name: "div", kids: textLines(text)}
		}
	}
	tree, ok := parseHTML(text)
	if !ok {
		tree.kids = []*node{{text: text}} // settled later: it is too long
	}
	return tree
}

// textLines is plain text with its line ends as breaks.
func textLines(text string) (out []*node) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			out = append(out, &node{name: "br"})
		}
		out = append(out, &node{text: line})
	}
	return out
}

// moodlePlain is such an element as plain text.
func (r *reader) moodlePlain(n *node) string {
	if n == nil {
		return ""
	}
	text, dropped := lines(r.moodleText(n).kids)
	if dropped {
		r.note("line "+itoa(n.line), "markup_dropped", "")
	}
	return text
}

// moodlePicture takes the first picture of a text, which must be in the file.
func (r *reader) moodlePicture(where string, body, text *node) *curriculum.Picture {
	var out *curriculum.Picture
	for _, img := range text.find("img") {
		name, alt := strings.TrimPrefix(img.at("src"), "@@PLUGINFILE@@/"), img.at("alt")
		var file *node
		for _, f := range body.all("file") {
			if f.at("name") == name {
				file = f
			}
		}
		img.name, img.attr = "span", nil // it is told of here, not as markup that was lost
		if file == nil || out != nil {
			r.note(where, "picture_dropped", short(name))
			continue
		}
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(file.inner()), ""))
		if err != nil {
			r.note(where, "picture_dropped", short(name))
			continue
		}
		if out = r.image(where, name, data); out != nil {
			out.Alt = strings.TrimSpace(alt)
		}
	}
	return out
}

// image takes a picture file, nil when it is not one that may be shown.
func (r *reader) image(where, name string, data []byte) *curriculum.Picture {
	image, err := curriculum.NewImage(strings.ToLower(path.Base(name)), data)
	if err != nil {
		r.note(where, "picture_refused", err.Error())
		return nil
	}
	r.images[image.Src] = image
	return &curriculum.Picture{Src: image.Src}
}

// short cuts a name to what fits a list.
func short(s string) string {
	s = strings.Join(strings.Fields(printable(s)), " ")
	if list := []rune(s); len(list) > 60 {
		return string(list[:59]) + "…"
	}
	return s
}

// Classes by which we find again what Moodle shows as part of a text.
const (
	exampleClass = "nhaso-worked-example"
	reasonsClass = "nhaso-reasons"
)

// takeClass takes the first element of a class out of a tree and answers its text.
func takeClass(n *node, class string) string {
	for i, k := range n.kids {
		if k.at("class") == class {
			n.kids = slices.Delete(n.kids, i, i+1)
			text, _ := lines(k.kids)
			return text
		}
	}
	return ""
}
