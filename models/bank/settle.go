package bank

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nhaso/curriculum"
	"nhaso/models"
)

var (
	keyForm       = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
	objectiveForm = regexp.MustCompile(`^[a-z0-9_-]{1,64}$`)
	notInKey      = regexp.MustCompile(`[^a-z0-9]+`)
	sourceForm    = regexp.MustCompile(`^(sha256-)?[a-f0-9]{16}\.(svg|png|jpg|webp)$`)
	kinds         = []string{"single", "multiple", "order", "match", "true_false", "spot"}
	uses          = []string{"both", "practice", "quiz", "placement"}
	channels      = []string{"sms", "chat", "email", "call", "web", "qr"}
)

func itoa(n int) string { return strconv.Itoa(n) }

// Slug makes a key out of any text; one that is a key already comes back as it is.
func Slug(s string) string {
	if keyForm.MatchString(s) {
		return s
	}
	s = strings.Trim(notInKey.ReplaceAllString(models.Fold(s), "-"), "-")
	return strings.Trim(s[:min(len(s), 60)], "-")
}

// letter is the key of the n-th part, from 0: a … z, then p27 and so on.
func letter(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return "p" + itoa(n+1)
}

// settle brings a question that came from outside into a form that is safe to keep and to show. A question of the
// catalog stays as it is. It answers why the question cannot be kept, or nothing.
func settle(q *curriculum.Question) (reason string) {
	if !slices.Contains(kinds, q.Kind) {
		return "kind_unknown"
	}
	q.Stem = curriculum.CleanStem(printable(q.Stem))
	if len(q.Stem) > maxText {
		return "text_too_long"
	}
	if utf8.RuneCountInString(q.Stem) > 0 && strings.TrimSpace(curriculum.PlainStem(q.Stem)) == "" || q.Stem == "" {
		return "stem_missing"
	}
	settleLabels(q)
	for _, s := range texts(q) {
		*s = printable(*s)
		if len(*s) > maxText {
			return "text_too_long"
		}
		if strings.ContainsRune(*s, utf8.RuneError) {
			return "broken_characters"
		}
	}
	if strings.ContainsRune(q.Stem, utf8.RuneError) {
		return "broken_characters"
	}
	if q.Image != nil && !sourceForm.MatchString(q.Image.Src) {
		return "picture_missing"
	}
	return shape(q)
}

// settleLabels puts what is chosen from a list back into its list.
func settleLabels(q *curriculum.Question) {
	if !slices.Contains(uses, q.Use) {
		q.Use = "practice"
	}
	if q.Difficulty < 0 || q.Difficulty > 3 {
		q.Difficulty = 0
	}
	if !objectiveForm.MatchString(q.Objective) {
		q.Objective = ""
	}
	for _, key := range []*string{&q.Twin, &q.Lesson} {
		if !keyForm.MatchString(*key) {
			*key = ""
		}
	}
	bad := func(s string) bool {
		return len(s) > 64 || printable(s) != s || s == "" || strings.ContainsAny(s, "<>[]\n")
	}
	for _, list := range []*[]string{&q.Competences, &q.Sources} {
		*list = slices.DeleteFunc(*list, bad)
		if *list == nil {
			*list = []string{}
		}
	}
}

// texts points at every plain text of a question.
func texts(q *curriculum.Question) []*string {
	out := []*string{&q.Explain, &q.WorkedExample, &q.WrongFeedback}
	for i := range q.Hints {
		out = append(out, &q.Hints[i])
	}
	for _, list := range [][]curriculum.Option{q.Options, q.Extra} {
		for i := range list {
			out = append(out, &list[i].Text, &list[i].Feedback)
		}
	}
	for i := range q.Pairs {
		out = append(out, &q.Pairs[i].Left, &q.Pairs[i].Right, &q.Pairs[i].Feedback)
	}
	if m := q.Message; m != nil {
		out = append(out, &m.Sender, &m.Time)
		for i := range m.Parts {
			out = append(out, &m.Parts[i].Text, &m.Parts[i].Feedback)
		}
	}
	for i := range q.Spots {
		out = append(out, &q.Spots[i].Label, &q.Spots[i].Feedback)
	}
	if q.Image != nil {
		out = append(out, &q.Image.Alt)
	}
	return out
}

// printable is text in NFC without characters that cannot be seen or that no XML file can hold. Line breaks stay.
func printable(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == 0x200D:
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == 0xFFFE, r == 0xFFFF, escapedLow <= r && r < escapedHigh:
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// shape checks the parts of a question: there are some, they can be told apart, and one is right.
func shape(q *curriculum.Question) string {
	parts := 0
	switch q.Kind {
	case "single", "multiple":
		q.Answer, q.WrongFeedback, q.Pairs, q.Extra, q.Message, q.Spots = nil, "", nil, nil, nil, nil
		parts = len(q.Options)
		if right := rightOptions(q.Options); right == 0 {
			return "no_right_answer"
		} else if q.Kind == "single" && right > 1 {
			return "several_right_answers"
		}
	case "true_false":
		q.Pairs, q.Extra, q.Message, q.Spots = nil, nil, nil, nil
		if q.Answer == nil {
			return "no_right_answer"
		}
		if len(q.Options) > 0 && rightOptions(q.Options) != 1 {
			return "several_right_answers"
		}
		parts = max(2, len(q.Options))
	case "order":
		q.Answer, q.WrongFeedback, q.Pairs, q.Extra, q.Message, q.Spots = nil, "", nil, nil, nil, nil
		parts = len(q.Options)
	case "match":
		q.Answer, q.WrongFeedback, q.Options, q.Message, q.Spots = nil, "", nil, nil, nil
		parts = min(len(q.Pairs), maxParts+1)
		if len(q.Extra) > maxParts {
			return "too_many_parts"
		}
	case "spot":
		q.Answer, q.WrongFeedback, q.Options, q.Pairs, q.Extra = nil, "", nil, nil, nil
		if parts = spotParts(q); parts < 0 {
			return "spots_broken"
		}
	}
	if parts < 2 {
		return "too_few_parts"
	}
	if parts > maxParts || len(q.Hints) > maxParts {
		return "too_many_parts"
	}
	if !distinct(q) {
		return "empty_or_equal_parts"
	}
	return ""
}

func rightOptions(list []curriculum.Option) (n int) {
	for _, o := range list {
		if o.Correct {
			n++
		}
	}
	return n
}

// spotParts counts what can be marked, -1 when message or picture are not as they must be.
func spotParts(q *curriculum.Question) int {
	if m := q.Message; m != nil {
		q.Spots = nil
		signs := 0
		for _, p := range m.Parts {
			if p.Sign {
				signs++
			}
		}
		if !slices.Contains(channels, m.Channel) || signs == 0 {
			return -1
		}
		return len(m.Parts)
	}
	signs := 0
	for _, s := range q.Spots {
		for _, v := range []float64{s.X, s.Y, s.W, s.H, 100 - s.X - s.W, 100 - s.Y - s.H} {
			if math.IsNaN(v) || v < -0.5 || v > 100 {
				return -1
			}
		}
		if s.Sign {
			signs++
		}
	}
	if q.Image == nil || signs == 0 {
		return -1
	}
	return len(q.Spots)
}

// distinct gives every part a key of its own and reports whether all have a text, no two of a list the same.
func distinct(q *curriculum.Question) bool {
	ok := true
	list := func(n int, at func(int) (key, text *string)) {
		keys, seen := map[string]bool{}, map[string]bool{}
		for i := range n {
			key, text := at(i)
			if !keyForm.MatchString(*key) || keys[*key] {
				*key = letter(i)
				for n := 2; keys[*key]; n++ {
					*key = letter(i) + itoa(n)
				}
			}
			if strings.TrimSpace(*text) == "" || seen[*text] {
				ok = false
			}
			keys[*key], seen[*text] = true, true
		}
	}
	list(len(q.Options), func(i int) (*string, *string) { return &q.Options[i].Key, &q.Options[i].Text })
	list(len(q.Pairs), func(i int) (*string, *string) { return &q.Pairs[i].Key, &q.Pairs[i].Left })
	list(len(q.Extra), func(i int) (*string, *string) { return &q.Extra[i].Key, &q.Extra[i].Text })
	list(len(q.Spots), func(i int) (*string, *string) { return &q.Spots[i].Key, &q.Spots[i].Label })
	for _, p := range q.Pairs {
		ok = ok && strings.TrimSpace(p.Right) != ""
	}
	if m := q.Message; m != nil {
		list(len(m.Parts), func(i int) (*string, *string) { return &m.Parts[i].Key, &m.Parts[i].Text })
	}
	return ok
}

// missingFeedback counts wrong options without a word on why they are wrong.
func missingFeedback(q *curriculum.Question) (n int) {
	for _, o := range q.Options {
		if !o.Correct && strings.TrimSpace(o.Feedback) == "" {
			n++
		}
	}
	for _, p := range q.Pairs {
		if strings.TrimSpace(p.Feedback) == "" {
			n++
		}
	}
	if q.Kind == "true_false" && strings.TrimSpace(q.WrongFeedback) == "" {
		n++
	}
	return n
}

// Problems lists, as codes, what an author must still add before a question may be published as a lesson's.
func Problems(q *curriculum.Question) []string {
	out := []string{}
	add := func(missing bool, code string) {
		if missing && !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	add(q.Objective == "", "objective_missing")
	add(q.Difficulty == 0, "difficulty_missing")
	add(len(q.Hints) == 0, "hints_missing")
	add(strings.TrimSpace(q.Explain) == "", "explain_missing")
	add(missingFeedback(q) > 0, "feedback_missing")
	add(q.Kind == "true_false" && len(q.Options) == 0, "reasons_missing")
	add(q.Image != nil && strings.TrimSpace(q.Image.Alt) == "", "alt_missing")
	add(q.Kind == "multiple" && rightOptions(q.Options) == len(q.Options), "wrong_option_missing")
	for _, s := range append(texts(q), new(curriculum.PlainStem(q.Stem))) {
		add(utf8.RuneCountInString(*s) > 2000, "text_too_long")
		if code := curriculum.TextProblem(*s); code != "" {
			add(true, code)
		}
	}
	return out
}
