package curriculum

import (
	"fmt"
	"strings"
	"testing"
)

func TestBrokenQuestions(t *testing.T) {
	const one, two = "questions/01-khoa.yaml", "questions/02-tin.yaml"
	run(t, []broken{
		{"not a list", one, "- key: q-single", "first:\n- key: q-single", 1, "must be array, found object"},
		{"unknown field", one, "explain: Dài thì", "points: 3\n  explain: Dài thì", 7, `unknown field "points"`},
		{"unknown kind", one, "kind: single", "kind: essay", 2, "must be one of"},
		{"no kind", one, "- key: q-single\n  kind: single", "- key: q-single", 1, `field "kind" is missing`},
		{"no hints", one, "hints: [Nhìn độ dài.]", "hints: []", 6, "needs at least 1, found 0"},
		{"no explanation", one, "  explain: Dài thì khó đoán.\n", "", 1, `field "explain" is missing`},
		{"difficulty", one, "difficulty: 1\n  stem: \"Khóa", "difficulty: 4\n  stem: \"Khóa", 4, "at most 3"},
		{"use", one, "use: quiz", "use: exam", 14, "must be one of"},
		{"key form", one, "key: q-single", "key: Q1", 1, "must match"},
		{"key twice", one, "key: q-multiple", "key: q-single", 11, "used before, in 01-khoa.yaml line 1"},
		{"key twice in two files", two, "key: q-true", "key: q-single", 1, "used before, in 01-khoa.yaml line 1"},
		{"unknown objective", one, "objective: locks\n  use: quiz", "objective: doors\n  use: quiz", 13, `no objective "doors"`},
		{"unknown source", one, "[sach-b]", "[sach-c]", 21, `no source "sach-c"`},
		{"competence", one, "[4.2]", "[4.20]", 20, `competence "4.20"`},
		{"field of another kind", one, "  options:\n    - {key: a, text: Khóa dài", "  answer: true\n  options:\n    - {key: a, text: Khóa dài", 8, `"answer" does not belong`},
		{"message of another kind", two, "kind: spot\n  objective: messages\n  use", "kind: order\n  objective: messages\n  use", 33, `"message" does not belong`},
		{"field of the kind missing", two, "  answer: false\n", "", 1, `field "answer" is missing`},
		{"answer is text", two, "answer: false", `answer: "false"`, 8, "must be boolean, found string"},

		{"no picture", one, "images/khoa.svg", "images/cua.svg", 22, `no picture "images/cua.svg"`},
		{"picture outside", one, "images/khoa.svg", "https://trang.test/x.svg", 22, "must match"},
		{"picture without description", one, "  image_alt: Một ổ khóa\n", "", 22, `field "image" needs field "image_alt"`},
		{"description without picture", one, "  image: images/khoa.svg\n", "", 22, `field "image_alt" needs field "image"`},

		{"wrong option without feedback", one, ", feedback: Ngắn thì dễ đoán.", "", 10, `field "feedback" is missing`},
		{"wrong option with empty feedback", one, "feedback: Ngắn thì dễ đoán.", `feedback: ""`, 10, `"feedback" must not be empty`},
		{"wrong reason without feedback", two, ", feedback: Cỡ chữ không nói lên điều gì.", "", 12, `field "feedback" is missing`},
		{"one option", one, "    - {key: b, text: Khóa ngắn, feedback: Ngắn thì dễ đoán.}\n", "", 8, "needs at least 2, found 1"},
		{"none correct", one, "text: Khóa dài, correct: true", "text: Khóa dài, feedback: A.", 8, "exactly one correct option, found 0"},
		{"two correct", one, "text: Khóa ngắn,", "text: Khóa ngắn, correct: true,", 8, "exactly one correct option, found 2"},
		{"multiple without correct", one, "text: Khóa cửa, correct: true}\n    - {key: b, text: Cất chìa, correct: true}",
			"text: Khóa cửa, feedback: A.}\n    - {key: b, text: Cất chìa, feedback: B.}", 24, "at least one correct"},
		{"multiple all correct", one, "text: Mở toang,", "text: Mở toang, correct: true,", 24, "at least one wrong"},
		{"two right reasons", two, "text: Vì chữ nhỏ,", "text: Vì chữ nhỏ, correct: true,", 10, "exactly one correct option, found 2"},
		{"option key twice", one, "key: b, text: Khóa ngắn", "key: a, text: Khóa ngắn", 10, `key "a" stands in this list twice`},
		{"option text twice", one, "text: Khóa ngắn", "text: khóa  DÀI", 10, "stands in this list twice"},
		{"option as number", one, "text: Khóa ngắn", "text: 123456", 10, "put text in quotes"},
		{"all of the above", one, "text: Mở toang", "text: Tất cả các đáp án trên", 27, "refers to the other options"},
		{"all of the above as reason", two, "text: Vì chữ nhỏ", "text: Cả hai đều đúng", 12, "refers to the other options"},

		{"item without feedback", one, ", feedback: Khóa sau khi đóng.", "", 38, `field "feedback" is missing`},
		{"item text twice", one, "{key: b, text: Khóa, feedback: Khóa sau", "{key: b, text: Đóng cửa, feedback: Khóa sau", 38, "twice"},
		{"pair without feedback", two, ", feedback: Mã là chìa khóa.", "", 22, `field "feedback" is missing`},
		{"pair key twice", two, "{key: b, left", "{key: a, left", 22, `key "a" stands in this list twice`},
		{"left twice", two, "left: Xin mã", "left: Giục gấp", 22, `text "Giục gấp" stands in this list twice`},
		{"right twice", two, "right: Không đưa", "right: Dừng lại", 22, `text "Dừng lại" stands in this list twice`},
		{"extra key of a pair", two, "{key: c, text: Chuyển tiền}", "{key: a, text: Chuyển tiền}", 24, `key "a"`},
		{"extra is a right side", two, "text: Chuyển tiền", "text: dừng lại", 24, "is also a right side"},

		{"part without feedback", two, ", feedback: Lời chào thường.", "", 38, `field "feedback" is missing`},
		{"no sign", two, "text: Trả tiền ngay, sign: true", "text: Trả tiền ngay, sign: false", 37, "at least one warning sign"},
		{"only signs", two, "text: Chào bạn, sign: false", "text: Chào bạn, sign: true", 37, "at least one harmless part"},
		{"part key twice", two, "{key: b, text: Trả", "{key: a, text: Trả", 39, `key "a"`},
		{"sender wears a bank's name", two, "sender: Cửa hàng Mây Tím", "sender: Vietc0m Bank", 35, "wears a real name (vietcombank)"},
		{"channel", two, "channel: sms", "channel: fax", 34, "must be one of"},
		{"false address of a shop", two, "text: Trả tiền ngay", "text: Vào sh0pee-sale.com", 39, `"sh0pee-sale.com" looks like`},
		{"spot without scene", two, "  message:\n    channel: sms\n    sender: Cửa hàng Mây Tím\n    time: 08:15\n    parts:\n" +
			"      - {key: a, text: Chào bạn, sign: false, feedback: Lời chào thường.}\n" +
			"      - {key: b, text: Trả tiền ngay, sign: true, feedback: Giục là dấu hiệu lạ.}\n", "", 26, "needs a message, or a picture with spots"},
		{"spots without picture", two, "  image: images/khoa.svg\n  image_alt: Một ổ khóa có số lạ ở góc trái\n", "", 47, `"spots" needs field "image"`},
		{"spots and message", two, "  spots:\n", "  message: {channel: sms, sender: A, parts: [{key: a, text: B, sign: true, feedback: C}, {key: b, text: D, sign: false, feedback: E}]}\n  spots:\n", 50, "not both"},
		{"spot over the edge", two, "x: 50, y: 50, w: 50", "x: 50, y: 50, w: 51", 51, "over the edge"},
		{"spot without width", two, "w: 20.5", "w: 0", 50, "must be more than 0"},
		{"spot not a sign", two, "label: Số lạ, sign: true", "label: Số lạ, sign: false", 49, "at least one warning sign"},

		{"stem with list", one, "stem: Xếp thứ tự.", "stem: |\n    - Xếp\n    - thứ tự", 33, "must be one paragraph"},
		{"stem with HTML", one, "stem: Xếp thứ tự.", "stem: Xếp <u>thứ</u> tự.", 33, "raw HTML"},
		{"stem with script", one, "stem: Xếp thứ tự.", `stem: "<script>alert(1)</script>"`, 33, "raw HTML"},
		{"stem with link", one, "stem: Xếp thứ tự.", `stem: "[a](b)"`, 33, "links are not allowed"},
		{"stem with picture", one, "stem: Xếp thứ tự.", `stem: "*![a](images/khoa.svg)*"`, 33, `field "image"`},
		{"option with HTML", one, "text: Mở toang", `text: "<img src=x onerror=alert(1)>"`, 27, "raw HTML"},
		{"option with Markdown", one, "text: Mở toang", "text: Mở **toang**", 27, "Markdown (**)"},
		{"reserved word", one, "explain: Dài thì khó đoán.", "explain: Em được cấp văn bằng.", 7, "reserved word"},
		{"reserved word in a stem", one, "stem: Xếp thứ tự.", `stem: "Ch\u1ee9ng *ch\u1ec9*"`, 33, "reserved word"},
	})
}

func TestRefersToOthers(t *testing.T) {
	tests := map[string]bool{
		"Tất cả các đáp án trên":                     true,
		"Tất cả những điều nêu trên.":                true,
		"TẤT CẢ ĐỀU ĐÚNG":                            true,
		"Tất cả các ý trên đều sai":                  true,
		"Cả a, b và c":                               true,
		"Cả A và B đều đúng":                         true,
		"Cả hai":                                     true,
		"Cả ba đáp án trên":                          true,
		"Không có đáp án nào đúng":                   true,
		"All of the above":                           true,
		"None of the above":                          true,
		"Tất cả mật khẩu đều đổi":                    false,
		"Cả hai bạn cùng cất chìa":                   false,
		"Tắt tất cả thông báo":                       false,
		"Không có câu hỏi nào":                       false,
		"Bấm nút ở trên":                             false,
		"Tất cả các bạn trong lớp đều biết mật khẩu": false,
	}
	for option, want := range tests {
		if got := refersToOthers(option); got != want {
			t.Errorf("%q: got %v", option, got)
		}
	}
}

func TestLookalike(t *testing.T) {
	tests := map[string]bool{
		"dichvucong.gov.vn":                false,
		"vào cổng dichvucong.gov.vn.":      false,
		"moet.gov.vn":                      false,
		"gov.vn":                           false,
		"shopee.vn":                        false,
		"banhang.shopee.vn":                false,
		"cuahangmaytim.test":               false,
		"dichvucong.gov.vn.ho-so.test":     false,
		"v1.2 hoặc 4.2.TC1a":               false,
		"dichvucong-gov.vn":                true,
		"dichvucong.gov.vn.ho-so.com":      true,
		"http://www.VIETC0MBANK-otp.com/a": true,
		"shopee.vn.trungthuong.info":       true,
		"thue.gov.com":                     true,
		"momo-quatang.xyz":                 true,
		"hotro@agrlbank.com":               true,
	}
	for text, want := range tests {
		if name, got := lookalike(text); got != want {
			t.Errorf("%q: got %v %q", text, got, name)
		}
	}
}

func TestBrokenSVG(t *testing.T) {
	const head = `<svg xmlns="http://www.w3.org/2000/svg">` + "\n"
	tests := []struct {
		name, body string
		line       int
		reason     string
	}{
		{"script", "<script>alert(1)</script>", 2, "<script> is not allowed"},
		{"script of another space", `<x:script xmlns:x="http://www.w3.org/1999/xhtml"/>`, 2, "<script> is not allowed"},
		{"handler", `<rect onclick="alert(1)"/>`, 2, "attribute onclick"},
		{"handler in capitals", `<rect ONLOAD="alert(1)"/>`, 2, "attribute ONLOAD"},
		{"link", `<a href="https://trang.test"/>`, 2, "<a> is not allowed"},
		{"external use", `<use href="https://trang.test/a.svg#b"/>`, 2, "may only point inside"},
		{"external use, old form", `<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="//trang.test"/>`, 2, "may only point inside"},
		{"script address", `<use href=" javascript:alert(1)"/>`, 2, "may only point inside"},
		{"picture", `<image href="data:image/png;base64,AA"/>`, 2, "<image> is not allowed"},
		{"foreign object", "<foreignObject/>", 2, "<foreignObject> is not allowed"},
		{"animation", `<set attributeName="href" to="https://trang.test"/>`, 2, "<set> is not allowed"},
		{"external fill", "<g>\n<rect fill=\"url( 'https://trang.test')\"/></g>", 3, "must not load"},
		{"style import", "<style>@import 'x.css';</style>", 2, "style must not load"},
		{"style url", "<style>rect { fill: url(//trang.test/a) }</style>", 2, "style must not load"},
		{"style escape", `<style>rect { fill: u\72l(//trang.test/a) }</style>`, 2, "style must not load"},
		{"reserved word", "<text>\nCHỨNG CHỈ</text>", 2, "reserved word"},
		{"reserved word in a title", `<g aria-label="văn bằng"/>`, 2, "reserved word"},
		{"deep", strings.Repeat("<g>", 80) + strings.Repeat("</g>", 80), 2, "nested too deeply"},
		{"not closed", "<g>\n<rect>", 3, "not well-formed"},
		{"instruction", `<?xml-stylesheet href="a.css"?>`, 2, "is not allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := put(validTree(t), dir+"images/khoa.svg", head+tt.body+"</svg>")
			catalog, problems := Load(tree)
			if catalog != nil {
				t.Error("the picture must stop the course")
			}
			expect(t, problems, dir+"images/khoa.svg", tt.line, tt.reason)
		})
	}
	for name, text := range map[string]string{
		"empty":        "",
		"no namespace": "<svg/>",
		"HTML":         "<html/>",
		"entities":     `<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>`,
	} {
		if problems := checkSVG(name, []byte(text)); len(problems) == 0 || problems[0].Line != 1 {
			t.Errorf("%s: want a finding on line 1, got %v", name, problems)
		}
	}
	if problems := checkSVG("sound", fmt.Append(nil, head, `<g id="a"/><use href="#a"/><rect style="fill:url(#g)"/></svg>`)); len(problems) != 0 {
		t.Errorf("a sound drawing has problems: %v", problems)
	}
}
