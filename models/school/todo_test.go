package school

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShippedTodo(t *testing.T) {
	list, err := ParseTodo(shippedTodo)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(list), 8)
	for _, item := range list {
		for _, text := range []string{item.Title.VI, item.Title.EN} {
			require.Equal(t, item.Count != "", strings.Contains(text, "{n}"), "%s: %s", item.Key, text)
		}
	}
}

func TestTodoDue(t *testing.T) {
	for _, tt := range []struct {
		name        string
		from, until string
		when        map[string]string
		day         string
		figures     map[string]int
		want        bool
	}{
		{"always", "", "", nil, "2026-11-23", nil, true},
		{"first day", "06-01", "08-31", nil, "2026-06-01", nil, true},
		{"last day", "06-01", "08-31", nil, "2026-08-31", nil, true},
		{"day after", "06-01", "08-31", nil, "2026-09-01", nil, false},
		{"across the year", "09-10", "05-25", nil, "2027-01-02", nil, true},
		{"not in summer", "09-10", "05-25", nil, "2027-07-02", nil, false},
		{"more than", "", "", map[string]string{"pupils": ">0"}, "2026-11-23", map[string]int{"pupils": 1}, true},
		{"not more", "", "", map[string]string{"pupils": ">0"}, "2026-11-23", nil, false},
		{"less than", "", "", map[string]string{"pupils": "<3"}, "2026-11-23", map[string]int{"pupils": 3}, false},
		{"both", "", "", map[string]string{"pupils": ">0", "classes": "=0"}, "2026-11-23", map[string]int{"pupils": 9}, true},
		{"one of both", "", "", map[string]string{"pupils": ">0", "classes": "=0"}, "2026-11-23", map[string]int{"pupils": 9, "classes": 1}, false},
	} {
		got := TodoItem{From: tt.from, Until: tt.until, When: tt.when}.due(tt.day, tt.figures)
		require.Equal(t, tt.want, got, tt.name)
	}
}

const goodTodo = `- {key: abc, roles: [head], link: /school, title: {vi: "Việc", en: "Thing"}}`

func TestParseTodoRefuses(t *testing.T) {
	_, err := ParseTodo([]byte(goodTodo))
	require.NoError(t, err)
	for name, change := range map[string][2]string{
		"key":      {"abc", "A"},
		"role":     {"[head]", "[admin]"},
		"no role":  {"[head]", "[]"},
		"link":     {"/school", "https://x.test"},
		"script":   {"/school", "javascript:x"},
		"english":  {`en: "Thing"`, `en: ""`},
		"window":   {"roles", `from: "06-31", until: "08-01", roles`},
		"half":     {"roles", `from: "06-01", roles`},
		"figure":   {"roles", `when: {nothing: ">0"}, roles`},
		"operator": {"roles", `when: {pupils: ">=0"}, roles`},
		"count":    {"roles", `count: nothing, roles`},
		"field":    {"roles", `colour: red, roles`},
	} {
		_, err := ParseTodo([]byte(strings.Replace(goodTodo, change[0], change[1], 1)))
		require.Error(t, err, name)
	}
	for _, text := range []string{"", "[]", "x: [", goodTodo + "\n" + goodTodo, strings.Repeat("#", 300<<10)} {
		_, err := ParseTodo([]byte(text))
		require.Error(t, err)
	}
}

func FuzzParseTodo(f *testing.F) {
	f.Add(shippedTodo)
	f.Add([]byte(goodTodo))
	f.Fuzz(func(t *testing.T, file []byte) {
		list, err := ParseTodo(file)
		for _, item := range list {
			if err == nil {
				item.due("2026-11-23", figureMap(Figures{})) // must not panic on what was accepted
			}
		}
	})
}

func TestJudge(t *testing.T) {
	step := func(atOnce, saves, failed int, seconds, p95 float64) SaveStep {
		return SaveStep{AtOnce: atOnce, Saves: saves, Failed: failed, Seconds: seconds, P95Milli: p95}
	}
	fast := []SaveStep{step(1, 10, 0, 1, 100), step(4, 40, 0, 1, 100), step(8, 80, 0, 1, 100)}
	for _, tt := range []struct {
		name string
		m    Measured
		want Verdict
	}{
		{"fast line: the lesson decides", Measured{LessonBytes: 500_000, LessonSeconds: 0.5, Steps: fast}, Verdict{168, false, ByDownload}},
		{"one second a lesson", Measured{LessonBytes: 500_000, LessonSeconds: 1, Steps: fast}, Verdict{84, false, ByDownload}},
		{"saves level off", Measured{LessonBytes: 1, LessonSeconds: 0.01, Steps: []SaveStep{step(1, 10, 0, 2, 200), step(4, 20, 0, 4, 500), step(8, 20, 0, 4, 900)}},
			Verdict{70, false, BySaves}},
		{"the end was not found", Measured{LessonBytes: 1, LessonSeconds: 0.01, Steps: fast}, Verdict{1120, true, ByNothing}},
		{"slow at eight", Measured{LessonBytes: 1, LessonSeconds: 0.01, Steps: []SaveStep{step(1, 10, 0, 1, 100), step(4, 20, 0, 1, 100), step(8, 20, 0, 1, 2500)}},
			Verdict{280, false, BySaves}},
		{"nothing arrives", Measured{LessonBytes: 1, LessonSeconds: 1, Steps: []SaveStep{step(1, 10, 10, 1, 100)}}, Verdict{0, false, ByFailures}},
		{"a long line", Measured{LatencyMilli: 900, LessonBytes: 1, LessonSeconds: 0.1, Steps: []SaveStep{step(1, 10, 0, 10, 1000), step(2, 20, 0, 10, 1000)}},
			Verdict{28, false, ByLatency}},
		{"no lesson measured", Measured{Steps: []SaveStep{step(1, 10, 0, 1, 100), step(2, 10, 0, 1, 100)}}, Verdict{140, false, BySaves}},
	} {
		require.Equal(t, tt.want, Judge(tt.m), tt.name)
	}
	for _, s := range []float64{0.01, 0.1, 1, 10} { // a slower line never carries more
		require.GreaterOrEqual(t, Judge(Measured{LessonBytes: 1000, LessonSeconds: s, Steps: fast}).Pupils,
			Judge(Measured{LessonBytes: 1000, LessonSeconds: 2 * s, Steps: fast}).Pupils)
	}
}
