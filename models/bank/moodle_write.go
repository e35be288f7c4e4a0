package bank

import (
	"encoding/base64"
	"strconv"
	"strings"

	"nhaso/curriculum"
)

// moodle writes a Moodle XML file.
func (w *writer) moodle(questions []curriculum.Question) []byte {
	root := el("quiz", nil)
	for i := range questions {
		if e := w.moodleQuestion(&questions[i]); e != nil {
			root.kids = append(root.kids, e)
			w.report.Exported++
		}
	}
	return document(root)
}

// extension is the element that carries what a format cannot say.
func extension(rest string) *element {
	return el("nhaso:rest", with("xmlns:nhaso", "urn:nhaso:question"), rest)
}

func (w *writer) moodleQuestion(q *curriculum.Question) *element {
	image, ok := w.picture(q)
	if !ok {
		w.skip(q, "picture_missing")
		return nil
	}
	e := el("question", nil, el("name", nil, el("text", nil, q.Key)), moodleBody(q, image), moodleGeneral(q),
		el("defaultgrade", nil, "1.0000000"), el("penalty", nil, "0.3333333"), el("hidden", nil, "0"), el("idnumber", nil, q.Key))
	w.moodleParts(e, q)
	for _, h := range q.Hints {
		e.kids = append(e.kids, moodleText("hint", nil, h))
	}
	if tags := tagsOf(q); len(tags) > 0 {
		list := el("tags", nil)
		for _, t := range tags {
			list.kids = append(list.kids, el("tag", nil, el("text", nil, t)))
		}
		e.kids = append(e.kids, list)
	}
	scratch := &reader{seen: map[string]bool{}, images: map[string]curriculum.Image{}}
	got := scratch.moodleQuestion(e.tree())
	if rest := restOf(applyTags(got.q, got.tags), *q); rest != "" {
		e.kids = append(e.kids, extension(rest))
	}
	return e
}

// moodleText is an element that holds plain text.
func moodleText(name string, attr []string, text string, more ...any) *element {
	return el(name, append(attr, "format", "plain_text"), append([]any{el("text", nil, text)}, more...)...)
}

// moodleBody is the stem, with the message or the picture it speaks of.
func moodleBody(q *curriculum.Question, image *curriculum.Image) *element {
	text := "<p>" + q.Stem + "</p>"
	if m := q.Message; m != nil {
		text += messageHTML(m)
	}
	if image == nil {
		return el("questiontext", with("format", "html"), el("text", nil, text))
	}
	text += `<p><img src="@@PLUGINFILE@@/` + image.Src + `" alt="` + strings.ReplaceAll(escapeHTML(q.Image.Alt), `"`, "&quot;") + `"></p>`
	return el("questiontext", with("format", "html"), el("text", nil, text),
		el("file", with("name", image.Src, "path", "/", "encoding", "base64"), base64.StdEncoding.EncodeToString(image.Data)))
}

// messageHTML shows a message as a text of its own.
func messageHTML(m *curriculum.Message) string {
	head := escapeHTML(strings.Trim(m.Sender+" · "+m.Time, " ·"))
	out := `<div class="nhaso-message"><p><strong>` + head + `</strong></p>`
	for _, p := range m.Parts {
		out += "<p>" + escapeHTML(p.Text) + "</p>"
	}
	return out + "</div>"
}

// moodleGeneral is what is shown after any answer.
func moodleGeneral(q *curriculum.Question) *element {
	text := ""
	if q.Explain != "" {
		text = "<p>" + escapeHTML(q.Explain) + "</p>"
	}
	if q.WorkedExample != "" {
		text += `<div class="` + exampleClass + `">` + escapeHTML(q.WorkedExample) + "</div>"
	}
	if q.Kind == "true_false" && len(q.Options) > 0 {
		text += `<ul class="` + reasonsClass + `">`
		for _, o := range q.Options {
			if o.Correct {
				text += "<li>" + escapeHTML(o.Text) + "</li>"
			}
		}
		text += "</ul>"
	}
	return el("generalfeedback", with("format", "html"), el("text", nil, text))
}

// weight is a share of the mark in percent, in the form that Moodle knows.
func weight(share float64) string {
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(share, 'f', 5, 64), "0"), ".")
}

// shares are the weights of right and wrong options: everything right gives all, everything marked gives nothing.
func shares(right, all int) (plus, minus string) {
	return weight(100 / float64(max(right, 1))), weight(-100 / float64(max(all-right, 1)))
}

func (w *writer) moodleParts(e *element, q *curriculum.Question) {
	kind := map[string]string{"single": "multichoice", "multiple": "multichoice", "spot": "multichoice", "true_false": "truefalse",
		"order": "ordering", "match": "matching"}[q.Kind]
	e.attr = with("type", kind)
	switch q.Kind {
	case "single", "multiple":
		w.moodleChoices(e, q.Options, q.Kind == "single", true)
	case "spot":
		w.note(q, "spot_as_choice")
		w.moodleChoices(e, spotOptions(q), false, false)
	case "true_false":
		if len(q.Options) > 0 {
			w.note(q, "reasons_not_asked")
		}
		for _, verdict := range []bool{true, false} {
			share, feedback := "0", q.WrongFeedback
			if q.Answer != nil && *q.Answer == verdict {
				share, feedback = "100", ""
			}
			e.kids = append(e.kids, el("answer", with("fraction", share, "format", "moodle_auto_format"), el("text", nil, strconv.FormatBool(verdict)),
				moodleText("feedback", nil, feedback)))
		}
	case "order":
		e.kids = append(e.kids, el("layouttype", nil, "VERTICAL"), el("selecttype", nil, "ALL"), el("selectcount", nil, itoa(len(q.Options))),
			el("gradingtype", nil, "ABSOLUTE_POSITION"), el("showgrading", nil, "SHOW"), el("numberingstyle", nil, "none"))
		for i, o := range q.Options {
			e.kids = append(e.kids, moodleText("answer", with("fraction", itoa(i+1)), o.Text, moodleText("feedback", nil, o.Feedback)))
		}
	case "match":
		w.moodlePairs(e, q)
	}
}

func (w *writer) moodleChoices(e *element, options []curriculum.Option, single, shuffle bool) {
	e.kids = append(e.kids, el("single", nil, strconv.FormatBool(single)), el("shuffleanswers", nil, strconv.FormatBool(shuffle)),
		el("answernumbering", nil, "none"))
	plus, minus := shares(rightOptions(options), len(options))
	if single {
		minus = "0"
	}
	for _, o := range options {
		share := minus
		if o.Correct {
			share = plus
		}
		e.kids = append(e.kids, moodleText("answer", with("fraction", share), o.Text, moodleText("feedback", nil, o.Feedback)))
	}
}

func (w *writer) moodlePairs(e *element, q *curriculum.Question) {
	e.kids = append(e.kids, el("shuffleanswers", nil, "true"))
	wrong := ""
	for _, p := range q.Pairs {
		if p.Feedback != "" {
			wrong += "<p><strong>" + escapeHTML(p.Left) + "</strong>: " + escapeHTML(p.Feedback) + "</p>"
		}
	}
	if wrong != "" {
		w.note(q, "pair_feedback_together")
		e.kids = append(e.kids, el("incorrectfeedback", with("format", "html"), el("text", nil, wrong)))
	}
	for _, p := range q.Pairs {
		e.kids = append(e.kids, moodleText("subquestion", nil, p.Left, el("answer", nil, el("text", nil, escapeHTML(p.Right)))))
	}
	for _, o := range q.Extra {
		e.kids = append(e.kids, moodleText("subquestion", nil, "", el("answer", nil, el("text", nil, escapeHTML(o.Text)))))
	}
}

// spotOptions turns what can be marked into options to tick.
func spotOptions(q *curriculum.Question) (out []curriculum.Option) {
	if q.Message != nil {
		for _, p := range q.Message.Parts {
			out = append(out, curriculum.Option{Key: p.Key, Text: p.Text, Correct: p.Sign, Feedback: p.Feedback})
		}
		return out
	}
	for _, s := range q.Spots {
		out = append(out, curriculum.Option{Key: s.Key, Text: s.Label, Correct: s.Sign, Feedback: s.Feedback})
	}
	return out
}
