package bank

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func utf16Of(s string, mark bool) []byte {
	var out []byte
	if mark {
		out = []byte{0xFF, 0xFE}
	}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func TestEncodings(t *testing.T) {
	gift := "Thủ đô ở đâu?{=Hà Nội ~Huế#Từng là kinh đô.}"
	xml := strings.Replace(moodleFile, "UTF-8", "utf-16", 1)
	for name, data := range map[string][]byte{"utf-8 with mark": append([]byte("\xEF\xBB\xBF"), gift...), "utf-16": utf16Of(gift, true), "old line ends": []byte("\r\n" + gift + "\r\n")} {
		set, err := Read(GIFT, data)
		require.NoError(t, err, name)
		require.Equal(t, "Hà Nội", set.Questions[0].Options[0].Text, name)
	}
	for name, data := range map[string][]byte{"marked": utf16Of(xml, true), "unmarked": utf16Of(xml, false)} {
		set, err := Read(Moodle, data)
		require.NoError(t, err, name)
		require.Len(t, set.Questions, 4, name)
	}
	latin := "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><quiz><question type=\"truefalse\"><questiontext><text>\xe9t\xe9</text></questiontext><answer fraction=\"100\"><text>true</text></answer></question></quiz>"
	set, err := Read(Moodle, []byte(latin))
	require.NoError(t, err)
	require.Equal(t, "été", set.Questions[0].Stem)
}

// TestHostileFiles: each is refused whole, with a place and a reason.
func TestHostileFiles(t *testing.T) {
	laughs := `<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><quiz><question type="essay"><name><text>&b;</text></name></question></quiz>`
	var deep, many, giftMany strings.Builder
	deep.WriteString("<quiz>" + strings.Repeat("<a>", 5000))
	many.WriteString("<quiz>")
	for n := range 10_000 {
		fmt.Fprintf(&many, `<question type="truefalse"><questiontext><text>%d</text></questiontext><answer fraction="100"><text>true</text></answer></question>`, n)
		fmt.Fprintf(&giftMany, "Câu %d?{T}\n\n", n)
	}
	many.WriteString("</quiz>")
	for _, c := range []struct {
		name   string
		format Format
		data   []byte
		where  string
		reason string
	}{
		{"billion laughs", Moodle, []byte(laughs), "line 1", "entities"},
		{"a file of this machine", QTI, []byte(`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><assessmentItem>&e;</assessmentItem>`), "line 1", "entities"},
		{"an unknown entity", Moodle, []byte("<quiz>\n<question>&evil;</question></quiz>"), "line 2", "not_xml"},
		{"deep nesting", Moodle, []byte(deep.String()), "line 1", "too_deep"},
		{"10,000 questions", Moodle, []byte(many.String()), "line 1", "too_many_questions"},
		{"10,000 questions in GIFT", GIFT, []byte(giftMany.String()), "line 10001", "too_many_questions"},
		{"cut off", Moodle, []byte("<quiz>\n<question>"), "line 2", "cut_off"},
		{"not a quiz", Moodle, []byte("<html></html>"), "line 1", "not_moodle"},
		{"empty", GIFT, nil, "file", "no_questions"},
		{"a picture", GIFT, []byte("\x89PNG\r\n\x1a\n\x00\x00"), "line 1", "not_utf8"},
		{"zeros", GIFT, []byte("a{T}\nb\x00{T}"), "line 2", "binary"},
		{"half a letter", GIFT, []byte("\xFF\xFEa\x00b"), "file", "cut_off"},
		{"lone surrogates", GIFT, []byte("\xFF\xFE\x00\xd8a\x00{\x00T\x00}\x00"), "file", "not_utf16"},
		{"latin-1", GIFT, []byte("x{T}\n\ncaf\xe9{T}"), "line 3", "not_utf8"},
		{"an encoding of nobody", Moodle, []byte(`<?xml version="1.0" encoding="klingon"?><quiz/>`), "line 1", "not_xml"},
		{"no zip", QTI, []byte("PK\x03\x04 is all"), "file", "not_zip"},
		{"a path outside", QTI, zipped(t, "../../etc/x.xml", taoItem), "../../etc/x.xml", "path_outside"},
		{"an absolute path", QTI, zipped(t, "/etc/x.xml", taoItem), "/etc/x.xml", "path_outside"},
		{"a path of another system", QTI, zipped(t, `..\x.xml`, taoItem), `..\x.xml`, "path_outside"},
		{"a file twice", QTI, zipped(t, "a.xml", taoItem, "a.xml", modernItem), "a.xml", "file_twice"},
		{"a zip bomb", QTI, zipped(t, "a.xml", strings.Repeat(" ", maxEntry+10)), "a.xml", "too_large"},
		{"a bomb in the manifest", QTI, zipped(t, "imsmanifest.xml", laughs), "imsmanifest.xml, line 1", "entities"},
		{"nothing in it", QTI, zipped(t, "readme.txt", "x"), "file", "no_questions"},
		{"a test alone", QTI, []byte("<assessmentTest/>"), "file", "no_questions"},
		{"no such format", Format("aiken"), []byte("x"), "format", "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := Read(c.format, c.data)
			require.Nil(t, set)
			e := refusalOf(err)
			require.NotNil(t, e, "%v", err)
			require.Equal(t, "bank_refused", e.Code)
			require.Equal(t, []models.Field{{Location: c.where, Code: c.reason}}, e.Fields)
		})
	}
}

// TestWhatIsNotKept: single questions of a file are passed over with their reason, or lose what is dangerous.
func TestWhatIsNotKept(t *testing.T) {
	long := strings.Repeat("x", maxText+1)
	for _, c := range []struct {
		name, gift     string
		skipped, noted []string
	}{
		{"nothing right", "A?{~a ~b}", []string{"no_right_answer:"}, nil},
		{"several right", "A?{=a =b ~c}", []string{"several_right_answers:"}, nil},
		{"one option", "A?{~%100%a}", []string{"too_few_parts:"}, nil},
		{"equal options", "A?{=a ~a}", []string{"empty_or_equal_parts:"}, nil},
		{"no stem", "::x::{=a ~b}", []string{"stem_missing:"}, nil},
		{"long", "A?{=a ~" + long + "}", []string{"text_too_long:"}, nil},
		{"broken letters", "A?{=a ~\uFFFDb}", []string{"broken_characters:"}, nil},
		{"pair without a side", "A?{=a -> b =c}", []string{"pair_broken:"}, nil},
		{"twice", "A?{=a ~b#c}\n\nA?{=a ~b#c}", []string{"duplicate:"}, nil},
		{"script", "[html]A<script>alert(1)</script><img src\\=x onerror\\=alert(1)>?{=a ~b#c}", nil, []string{"picture_dropped:x", "markup_dropped:"}},
		{"formula", "[html]H<sub>2</sub>O?{=a ~b#c}", nil, []string{"markup_dropped:"}},
		{"a false extension", "// nhaso:{\"kind\":17}\nA?{=a ~b#c}", nil, nil},
		{"an extension that is none", "// nhaso:{\nA?{=a ~b#c}", nil, []string{"extension_broken:"}},
		{"no feedback", "A?{=a ~b}", nil, []string{"feedback_missing:"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := Read(GIFT, []byte(c.gift))
			require.NoError(t, err)
			require.Equal(t, c.skipped, reasonsOf(set.Skipped))
			require.Equal(t, c.noted, reasonsOf(set.Notes))
			for _, q := range set.Questions {
				require.NotContains(t, q.Stem, "<s")
				require.NotContains(t, q.Stem, "onerror")
			}
		})
	}
}

// TestForgedExtension: what travels beside a question passes the same checks as the question.
func TestForgedExtension(t *testing.T) {
	list, images := embedded()
	data, _, err := Write(GIFT, list[:1], images)
	require.NoError(t, err)
	forged := strings.Replace(string(data), `"hints":[`, `"stem":"<img src=x onerror=alert(1)>Hi <b>you</b>","kind":"single","hints":[`, 1)
	set, err := Read(GIFT, []byte(forged))
	require.NoError(t, err)
	require.Equal(t, "Hi you", set.Questions[0].Stem)

	// Somebody changed the question in another program: the change wins, the rest stays.
	changed := strings.Replace(string(data), "dichvucong.gov.vn.ho-so.test", "khac.test", 1)
	set, err = Read(GIFT, []byte(changed))
	require.NoError(t, err)
	require.Equal(t, "khac.test", set.Questions[0].Options[0].Text)
	require.Equal(t, list[0].Hints, set.Questions[0].Hints)
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		data []byte
		want Format
	}{{[]byte(moodleFile), Moodle}, {utf16Of(moodleFile, true), Moodle}, {[]byte(giftFile), GIFT}, {[]byte(taoItem), QTI}, {[]byte(modernItem), QTI}, {[]byte(essayItem), QTI}, {zipped(t, "a", "b"), QTI}, {[]byte("xin chào"), ""}, {[]byte{0xFF, 0xFE, 1}, ""}} {
		got, ok := Detect(c.data)
		require.Equal(t, c.want, got, "%.40s", c.data)
		require.Equal(t, c.want != "", ok)
	}
}

// whole checks what holds for any input: a set or a refusal; what is in the set is settled and can be written and read
// again in every format.
func whole(t *testing.T, f Format, data []byte) {
	set, err := Read(f, data)
	if err != nil {
		if e := refusalOf(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Location == "" || e.Fields[0].Code == "" {
			t.Fatalf("not a refusal with a place and a reason: %v", err)
		}
		return
	}
	for _, n := range append(set.Skipped, set.Notes...) {
		if n.Where == "" || n.Reason == "" {
			t.Fatalf("a note without a place or a reason: %+v", n)
		}
	}
	for _, q := range set.Questions {
		if again := q; settle(&again) != "" || asJSON(again) != asJSON(q) {
			t.Fatalf("not settled: %s\n%s", asJSON(q), asJSON(again))
		}
	}
	for _, f := range Formats {
		roundTrip(t, f, set.Questions, byName(set.Images))
	}
}

func FuzzGIFT(f *testing.F) {
	f.Add([]byte(giftFile))
	f.Add([]byte("// nhaso:{\"hints\":[\"x\"]}\n// [id:a] [tag:nhaso:use=quiz]\n::a::[html]b{\n\t~%50%c #d\n\t~%-50%e\n\t####f\n}"))
	f.Fuzz(func(t *testing.T, data []byte) { whole(t, GIFT, data) })
}

func FuzzMoodle(f *testing.F) {
	f.Add([]byte(moodleFile))
	f.Fuzz(func(t *testing.T, data []byte) { whole(t, Moodle, data) })
}

// TestDamagedFiles cuts, doubles and moves pieces of sound files: each is read or refused, none breaks the reader.
func TestDamagedFiles(t *testing.T) {
	rounds := 40
	if testing.Short() {
		rounds = 5
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 2))
	for f, list := range map[Format][]string{GIFT: {giftFile}, Moodle: {moodleFile}, QTI: {taoItem, modernItem, classicItem}} {
		for _, text := range list {
			for range rounds {
				data := []byte(text)
				for range 1 + rng.IntN(3) {
					from := rng.IntN(len(data))
					to := min(len(data), from+rng.IntN(60))
					piece := slices.Clone(data[from:to])
					if rng.IntN(2) == 0 {
						data = slices.Delete(data, from, to)
					}
					if at := rng.IntN(len(data)); rng.IntN(2) == 0 {
						data = slices.Insert(data, at, piece...)
					}
				}
				whole(t, f, data)
			}
		}
	}
}

func FuzzQTI(f *testing.F) {
	set, err := Read(GIFT, []byte(giftFile))
	require.NoError(f, err)
	data, _, err := Write(QTI3, set.Questions, nil)
	require.NoError(f, err)
	p, err := unpack(data)
	require.NoError(f, err)
	for _, name := range p.order {
		f.Add(p.files[name])
	}
	f.Add([]byte(taoItem))
	f.Add([]byte(modernItem))
	f.Fuzz(func(t *testing.T, data []byte) { whole(t, QTI, data) })
}

func FuzzPackage(f *testing.F) {
	f.Add(zipped(f, "imsmanifest.xml", `<manifest><resources><resource type="imsqti_item_xmlv2p1" href="a.xml"/></resources></manifest>`, "a.xml", taoItem))
	f.Fuzz(func(t *testing.T, data []byte) { whole(t, QTI, data) })
}
