package curriculum

import (
	"strings"
	"testing"
)

// TestCleanStem: what comes from outside is cut down to a stem, and our own stems stay as they are.
func TestCleanStem(t *testing.T) {
	for in, want := range map[string]string{
		"Em <strong>làm</strong> gì?":             "Em <strong>làm</strong> gì?",
		`<p class="x">A</p>`:                      "A",
		`<em onclick="x()">A</em>`:                "<em>A</em>",
		"<script>alert(1)</script>A":              "A",
		"<a href=\"javascript:x\">A</a>":          "A",
		"&lt;script&gt;":                          "&lt;script&gt;",
		`<img src=x onerror=alert(1)>`:            "",
		"<scr<script>x</script>ipt>alert(1)</scr": "xipt&gt;alert(1)",
	} {
		got := CleanStem(in)
		if got != want || CleanStem(got) != got {
			t.Errorf("CleanStem(%q) = %q, want %q", in, got, want)
		}
	}
	catalog, _ := Load(Content())
	for _, c := range catalog.Courses {
		for _, q := range c.Questions {
			if CleanStem(q.Stem) != q.Stem {
				t.Errorf("%s: the stem is changed", q.Key)
			}
		}
	}
}

func TestTextProblem(t *testing.T) {
	for in, want := range map[string]string{"Vào vietc0mbank.xyz": "real_address", "Vào vietcombank.com.vn": "", "Chứng  chỉ tin học": "reserved_word", "Xin chào": ""} {
		if got := TextProblem(in); got != want {
			t.Errorf("TextProblem(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNewImage(t *testing.T) {
	const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0"/></svg>`
	for _, c := range []struct {
		name, data string
		ok         bool
	}{
		{"a.svg", drawing, true},
		{"dir/A B.svg", drawing, true},
		{"a.svg", strings.Replace(drawing, "<path", "<script>x</script><path", 1), false},
		{"a.png", "GIF89a", false},
		{"a.exe", "MZ", false},
		{"a.mp3", "ID3", false},
		{"a.svg", drawing[:20] + strings.Repeat(" ", maxImage) + drawing[20:], false},
	} {
		image, err := NewImage(c.name, []byte(c.data))
		if (err == nil) != c.ok || c.ok && (image.Src == "" || image.Type != "image/svg+xml") {
			t.Errorf("NewImage(%q): %v %v", c.name, image.Src, err)
		}
	}
}
