package curriculum

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// cueCase is a file of questions for checkCues and the warning that it must lead to, none for "".
type cueCase struct{ name, questions, want string }

const cueHead = "- key: q-a\n  kind: single\n  objective: x\n  difficulty: 1\n  stem: Nên làm gì?\n  explain: Vì thế.\n"

func TestCheckCues(t *testing.T) {
	options := func(hint string, list ...string) string {
		out := cueHead + "  hints: [\"" + hint + "\"]\n  options:\n"
		for i, text := range list {
			tail := `, feedback: "Chưa phải."}`
			if i == 0 {
				tail = ", correct: true}"
			}
			out += `    - {key: ` + string(rune('a'+i)) + `, text: "` + text + `"` + tail + "\n"
		}
		return out
	}
	twice := options("Nhìn kỹ.", "Hỏi cô ở trường trước đã nhé", "Bấm vào rồi tính sau cũng được", "Gửi cho bạn thân xem trước")
	for _, c := range []cueCase{
		{"even lengths", options("Nhìn kỹ.", "Hỏi cô ở trường", "Bấm thử một cái", "Gửi cho bạn"), ""},
		{"longest", options("Nhìn kỹ.", "Dừng lại, gọi số đã lưu rồi hỏi người thật", "Bấm thử một cái", "Gửi cho bạn"), "by far the longest"},
		{"short names do not catch the eye", options("Nhìn kỹ.", "Bốn từ lạ", "abc", "1234"), ""},
		{"shortest", options("Nhìn kỹ.", "Dừng lại", "Bấm thử một cái xem trang ấy hỏi gì", "Gửi cho bạn thân xem trước giúp mình"), "by far the shortest"},
		{"hint says it", options("Gọi số mẹ đã lưu thì sao?", "Gọi số đã lưu", "Gọi số trong tin", "Bấm thử một cái"), "/hints"},
		{"hint holds words of all", options("Gọi số nào, số trong tin hay số đã lưu?", "Gọi số đã lưu", "Gọi số trong tin", "Bấm thử một cái"), ""},
		{"two names of one question", twice + strings.Replace(twice, "q-a", "q-b", 1), `almost like question "q-a"`},
		{"long sentence", strings.Replace(twice, "stem: Nên làm gì?", "stem: "+strings.Repeat("một hai ba ", 9)+"thì nên làm gì?", 1), "a sentence has 31 words"},
		{"two sentences", strings.Replace(twice, "stem: Nên làm gì?", "stem: "+strings.Repeat("một hai ba. ", 9)+"Thì nên làm gì?", 1), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, problems := parseQuestions("q.yaml", c.questions, newGallery())
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			got := checkCues("thcs", nil, list)
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("unwanted: %v", got)
			case c.want != "" && (len(got) != 1 || !strings.Contains(got[0].Reason, strings.TrimPrefix(c.want, "/hints")) || !got[0].Warning):
				t.Errorf("got %v, want one warning with %q", got, c.want)
			}
		})
	}
}

// TestCuesAreAdvice: only who looks as an author gets them, and upper secondary pupils read longer sentences.
func TestCuesAreAdvice(t *testing.T) {
	list, _ := parseQuestions("q.yaml", cueHead+"  hints: [Nhìn kỹ.]\n  options:\n    - {key: a, text: \"Dừng lại, gọi số đã lưu rồi hỏi người thật\", correct: true}\n"+
		"    - {key: b, text: Bấm thử, feedback: Chưa phải.}\n", newGallery())
	if len(checkCues("thpt", nil, list)) != 1 {
		t.Error("an option that stands out is a warning at both levels")
	}
	list[0].Stem = strings.Repeat("một hai ba ", 12)
	if len(checkCues("thpt", nil, list)) != 1 || len(checkCues("thcs", nil, list)) != 2 {
		t.Error("the length of sentences is a rule for grades 6 to 9")
	}
}

// guessers are pupils who have not learnt anything and go by the look of the options. More is better.
var guessers = map[string]func(i int, o Option) float64{
	"longest":     func(_ int, o Option) float64 { return float64(utf8.RuneCountInString(o.Text)) },
	"shortest":    func(_ int, o Option) float64 { return -float64(utf8.RuneCountInString(o.Text)) },
	"first":       func(i int, _ Option) float64 { return -float64(i) },
	"last":        func(i int, _ Option) float64 { return float64(i) },
	"number":      func(_ int, o Option) float64 { return float64(len(digit.FindString(o.Text))) },
	"most commas": func(_ int, o Option) float64 { return float64(strings.Count(o.Text, ",")) },
	"an “and”":    func(_ int, o Option) float64 { return float64(min(1, strings.Count(o.Text, " và "))) },
}

var digit = regexp.MustCompile(`\d`)

// guess is how many questions a guesser gets right (an equal choice counts in part), how many chance would, and the
// variance of chance, over the questions where the guesser has a preference.
func guess(questions []Question, score func(int, Option) float64) (right, chance, variance float64) {
	for _, q := range questions {
		if q.Kind != "single" && q.Kind != "true_false" {
			continue
		}
		best, hits, n := math.Inf(-1), 0, 0
		for i, o := range q.Options {
			s := score(i, o)
			if s > best {
				best, hits, n = s, 0, 0
			}
			if s == best {
				n++
				if o.Correct {
					hits++
				}
			}
		}
		if n == len(q.Options) {
			continue
		}
		p := 1 / float64(len(q.Options))
		right, chance, variance = right+float64(hits)/float64(n), chance+p, variance+p*(1-p)
	}
	return right, chance, variance
}

// TestWordingTellsNothing: who goes by length, place, numbers, commas or “và” does about as well as one who throws dice:
// within three standard deviations in each course and over all.
func TestWordingTellsNothing(t *testing.T) {
	catalog := shipped()
	if catalog == nil {
		t.Fatal("no catalog")
	}
	var all []Question
	for _, c := range catalog.Courses {
		all = append(all, c.Questions...)
	}
	for name, score := range guessers {
		look := func(where string, questions []Question) {
			right, chance, variance := guess(questions, score)
			if right-chance > 3*math.Sqrt(variance) {
				t.Errorf("%s: going by %q gets %.0f right where chance gets %.0f", where, name, right, chance)
			}
		}
		for _, c := range catalog.Courses {
			look(c.Key, c.Questions)
		}
		look("all courses", all)
		right, chance, _ := guess(all, score)
		t.Logf("%s: %.0f right, chance %.0f", name, right, chance)
	}
}
