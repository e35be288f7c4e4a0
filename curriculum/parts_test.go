package curriculum

import (
	"strings"
	"testing"
	"testing/fstest"
)

const (
	scenarioPath = dir + "scenarios/01-hop-thu.yaml"
	planPath     = dir + "plans/01-tiet-mot.yaml"
	leafletPath  = dir + "leaflet.yaml"
	lessonPath   = dir + "lessons/01-khoa.md"
)

func TestLoadParts(t *testing.T) {
	c := trialCourse(t, validTree(t))
	s, ok := c.Scenario("hop_thu")
	if !ok || len(s.Hash) != 64 || s.State["prize"] != "500000" || s.State["code_given"] != "0" {
		t.Errorf("scenario %+v", s)
	}
	if _, ok := c.Scenario("khong_co"); ok {
		t.Error("found a scenario that is not there")
	}
	if len(c.Plans) != 1 || len(c.Plans[0].Steps) != 4 || c.Leaflet == nil || len(c.Leaflet.Points) != 3 {
		t.Errorf("plans %+v leaflet %+v", c.Plans, c.Leaflet)
	}
}

// TestBrokenParts breaks one thing at a time; each must be refused at its line and with its reason.
func TestBrokenParts(t *testing.T) {
	tests := []struct {
		name, file, old, new, reason string
	}{
		{"screen that is not there", scenarioPath, `label: "Bấm vào liên kết", goto: site`, `label: "Bấm vào liên kết", goto: nowhere`, `there is no screen "nowhere"`},
		{"condition with a stranger", scenarioPath, `fell: "code_given"`, `fell: "code_gone"`, `the condition names "code_gone"`},
		{"condition with brackets", scenarioPath, `when: "saw.f_link | saw.f_from"`, `when: "(saw.f_link)"`, "is not a condition"},
		{"action twice", scenarioPath, "key: back_lan", "key: back_fake", `action key "back_fake" stands in this scenario twice`},
		{"slot without a variable", scenarioPath, `value: "{fake_sender}"`, `value: "{nobody}"`, "state has no such variable"},
		{"variable that names a stranger", scenarioPath, `fake_sender: "Kho Quà Vui"`, `fake_sender: "Kho {ai}"`, "state has no such variable"},
		{"variables that name each other", scenarioPath, `fake_sender: "Kho Quà Vui"`, `fake_sender: "Kho {fake_sender}"`, "whose own text names variables again"},
		{"variable without a place", scenarioPath, "set: {lan: replied}", "set: {mai: replied}", `there is no variable "mai"`},
		{"rubric key twice", scenarioPath, "- {key: told, when", "- {key: gave_code, when", `rubric key "gave_code" stands in this scenario twice`},
		{"solution that fails", scenarioPath, "log: [open_fake, saw.f_link, report_fake, open_lan, reply_lan, finish, tell]",
			"log: [open_fake, saw.f_link, report_fake, open_lan, report_lan, finish, tell]", "this solution does not pass"},
		{"solution that cannot be played", scenarioPath, "log: [open_fake, saw.f_link,", "log: [reply_lan, saw.f_link,", `"reply_lan" cannot be done here (not_here)`},
		{"failure that does not fail so", scenarioPath, "expect: gave_code", "expect: answered_it", `should fail by "answered_it"`},
		{"no hard lure", scenarioPath, "difficulty: hard", "difficulty: easy", "at least one hard lure"},
		{"genuine thing that cannot be rejected", scenarioPath, `legit: true, text: "Tin của cô Lan là thật.", rejected: "lan=blocked"`,
			`legit: true, text: "Tin của cô Lan là thật."`, "a genuine thing takes rejected"},
		{"one variant", scenarioPath, `  - {key: bhyt, set: {fake_sender: "Hỗ trợ thẻ", fake_address: "ho-tro-the.example", prize: 900000}}` + "\n", "", "at least 2 variants"},
		{"need without words", scenarioPath, `, need_say: "Còn tin chưa xử lý."`, "", "need and need_say belong together"},
		{"false address of a real service", scenarioPath, `fake_address: "qua-vui.test"`, `fake_address: "vneid-capnhat.com"`, "looks like the address of a real service"},
		{"HTML", scenarioPath, `text: "Không còn tin mới."`, `text: "<b>Không</b> còn tin mới."`, "raw HTML is not allowed"},
		{"picture that is not there", scenarioPath, `{kind: note, text: "Bà hỏi: có tin nào lạ không cháu?"}`,
			`{kind: image, image: images/khong-co.svg, alt: "Không có"}`, `there is no picture "images/khong-co.svg"`},
		{"unknown objective", scenarioPath, "objective: messages", "objective: nothing", `the course has no objective "nothing"`},
		{"field that goes nowhere", scenarioPath, "into: note", "into: nowhere", `there is no variable "nowhere"`},
		{"plan of 44 minutes", planPath, "{minutes: 20,", "{minutes: 19,", "the steps take 44 minutes, a period has 45"},
		{"plan that forgets a lesson", planPath, "lessons: [khoa, tin]", "lessons: [khoa]", `no plan teaches lesson "tin"`},
		{"plan of a lesson that is not there", planPath, "lessons: [khoa, tin]", "lessons: [khoa, tin, ba]", `the course has no lesson "ba"`},
		{"leaflet with a stranger's source", leafletPath, "sources: [sach-b]", "sources: [sach-c]", `the course has no source "sach-c"`},
		{"card with a stranger's source", lessonPath, "{#vi-sao}", `{#vi-sao src="sach-c"}`, `the course has no source "sach-c"`},
		{"recording that is not there", lessonPath, "{#vi-sao}", `{#vi-sao audio="audio/a.mp3"}`, `there is no recording "audio/a.mp3"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			catalog, problems := Load(with(t, validTree(t), tt.file, tt.old, tt.new))
			if catalog != nil {
				t.Fatal("want no catalog")
			}
			for _, p := range problems {
				if strings.Contains(p.Reason, tt.reason) && strings.HasPrefix(p.File, dir) && p.Line > 0 {
					return
				}
			}
			t.Errorf("no problem of %s says %q: %+v", tt.file, tt.reason, problems)
		})
	}
}

func TestDeadEndAndLongLeaflet(t *testing.T) {
	tree := with(t, validTree(t), scenarioPath, `      - {key: send_code, label: "Gửi mã", look: primary, set`, `      - {key: send_code, label: "Gửi mã", look: primary, when: "note=otp", set`)
	tree = with(t, tree, scenarioPath, `{key: leave_site, label: "Thoát trang", look: back, goto: fake}`, `{key: leave_site, label: "Thoát trang", look: back, when: "note=otp", goto: fake}`)
	wantProblem(t, tree, `screen "site" can become a dead end`)
	words := `lead: "` + strings.TrimSpace(strings.Repeat("chữ ", 130)) + `"`
	tree = with(t, validTree(t), leafletPath, `lead: "Ba điều con vừa học ở trường."`, words)
	tree = with(t, tree, leafletPath, `ask: "Hỏi con hoặc cô chủ nhiệm."`, strings.Replace(words, "lead", "ask", 1))
	wantProblem(t, tree, "one page holds 260")
}

func wantProblem(t *testing.T, tree fstest.MapFS, reason string) {
	t.Helper()
	_, problems := Load(tree)
	for _, p := range problems {
		if strings.Contains(p.Reason, reason) && !p.Warning {
			return
		}
	}
	t.Errorf("no problem says %q: %+v", reason, problems)
}

func TestTwinsAndPlacement(t *testing.T) {
	const single = dir + "questions/01-khoa.yaml"
	const head = "- key: q-single\n"
	tests := []struct{ name, add, reason string }{
		{"twin of itself", "  twin: q-single\n", `there is no other question "q-single"`},
		{"twin that is not there", "  twin: q-nowhere\n", `there is no other question "q-nowhere"`},
		{"twin kept for the quiz or of another objective", "  twin: q-match\n", "the twin must be a practice question of the same objective"},
		{"lesson of a practice question", "  lesson: khoa\n", "only a placement question"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { wantProblem(t, with(t, validTree(t), single, head, head+tt.add), tt.reason) })
	}
	placement := `- key: x-1
  kind: single
  use: placement
  objective: locks
  difficulty: 1
  stem: Chọn khóa.
  hints: [Nhìn kỹ.]
  explain: Dài thì khó đoán.
%s  options:
    - {key: a, text: Dài, correct: true}
    - {key: b, text: Ngắn, feedback: Dễ đoán.}
`
	file := dir + "questions/90-xep-bai.yaml"
	wantProblem(t, put(validTree(t), file, strings.Replace(placement, "%s", "", 1)), "a placement question names the lesson")
	wantProblem(t, put(validTree(t), file, strings.Replace(placement, "%s", "  lesson: khong-co\n", 1)), `the course has no lesson "khong-co"`)
	c := trialCourse(t, put(validTree(t), file, strings.Replace(placement, "%s", "  lesson: khoa\n", 1)))
	last := c.Questions[len(c.Questions)-1]
	if last.Lesson != "khoa" || last.Practised() || last.Quizzed() {
		t.Errorf("a placement question must stay out of practice and quiz: %+v", last)
	}
}

func FuzzScenarioFile(f *testing.F) {
	fuzzFile(f, scenarioPath, "state: {a: 1e99}\n", "screens: []\n", "variants: [{key: a, set: {x: {y: 1}}}]\n")
}

func FuzzPlanFile(f *testing.F) { fuzzFile(f, planPath, "steps: []\n") }
