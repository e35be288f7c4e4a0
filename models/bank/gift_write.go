package bank

import (
	"strings"

	"nhaso/curriculum"
)

// gift writes a GIFT file. Comments that only we read carry what GIFT cannot say.
func (w *writer) gift(questions []curriculum.Question) []byte {
	var b strings.Builder
	for i := range questions {
		q := &questions[i]
		if q.Image != nil {
			w.skip(q, "format_without_pictures")
			continue
		}
		if len(q.Hints) > 0 || q.WorkedExample != "" {
			w.note(q, "hints_in_comments")
		}
		block := w.giftQuestion(q)
		scratch := &reader{seen: map[string]bool{}, images: map[string]curriculum.Image{}}
		got, _ := scratch.giftBlock(strings.Split(block, "\n"), 1)
		if rest := restOf(applyTags(got.q, got.tags), *q); rest != "" {
			b.WriteString("// " + tagPrefix + rest + "\n")
		}
		b.WriteString(block + "\n\n")
		w.report.Exported++
	}
	return []byte(b.String())
}

var giftEscapes = strings.NewReplacer(`\`, `\\`, "~", `\~`, "=", `\=`, "#", `\#`, "{", `\{`, "}", `\}`, ":", `\:`, "\n", `\n`)

// giftText writes plain text inside a question whose format is HTML.
func giftText(s string) string {
	s = escapeHTML(s)
	for _, first := range []string{"%", "[", "//"} { // they would mean something at the beginning
		if strings.HasPrefix(s, first) {
			s = "&#" + itoa(int(s[0])) + ";" + s[1:]
		}
	}
	return giftEscapes.Replace(s)
}

func giftComment(feedback string) string {
	if feedback == "" {
		return ""
	}
	return " #" + giftText(feedback)
}

func (w *writer) giftQuestion(q *curriculum.Question) string {
	head := "// [id:" + q.Key + "]"
	for _, t := range tagsOf(q) {
		head += " [tag:" + t + "]"
	}
	stem := q.Stem
	if q.Message != nil {
		stem += messageHTML(q.Message)
	}
	body := "::" + giftEscapes.Replace(q.Key) + "::[html]" + giftEscapes.Replace(stem) + "{" + w.giftAnswers(q)
	if q.Explain != "" {
		body += "\n\t####" + giftText(q.Explain)
	}
	return head + "\n" + body + "\n}"
}

func (w *writer) giftAnswers(q *curriculum.Question) (out string) {
	switch q.Kind {
	case "single":
		for _, o := range q.Options {
			mark := "~"
			if o.Correct {
				mark = "="
			}
			out += "\n\t" + mark + giftText(o.Text) + giftComment(o.Feedback)
		}
	case "multiple":
		out = giftTicks(q.Options)
	case "spot":
		w.note(q, "spot_as_choice")
		out = giftTicks(spotOptions(q))
	case "true_false":
		if len(q.Options) > 0 {
			w.note(q, "reasons_not_asked")
		}
		out = "FALSE"
		if q.Answer != nil && *q.Answer {
			out = "TRUE"
		}
		out += giftComment(q.WrongFeedback)
	case "order":
		w.note(q, "feedback_in_comments")
		out = ">" + itoa(len(q.Options)) + " ALL VERTICAL ABSOLUTE_POSITION SHOW"
		for _, o := range q.Options {
			out += "\n" + giftText(o.Text)
		}
	case "match":
		w.note(q, "feedback_in_comments")
		for _, p := range q.Pairs {
			out += "\n\t=" + giftText(p.Left) + " -> " + giftText(p.Right)
		}
		for _, o := range q.Extra {
			out += "\n\t= -> " + giftText(o.Text)
		}
	}
	return out
}

// giftTicks writes options of which several may be right.
func giftTicks(options []curriculum.Option) (out string) {
	plus, minus := shares(rightOptions(options), len(options))
	for _, o := range options {
		share := minus
		if o.Correct {
			share = plus
		}
		out += "\n\t~%" + share + "%" + giftText(o.Text) + giftComment(o.Feedback)
	}
	return out
}
