package curriculum

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// reserved are the words that only the State's own papers may carry (TT 10/2026/TT-BGDĐT; design, section 1).
	reserved = regexp.MustCompile(`(?i)chứng[\s\p{Z}]+chỉ|văn[\s\p{Z}]+bằng`)
	htmlTag  = regexp.MustCompile(`</?[a-zA-Z][^<>]*>|<!--|(?i:<script)`)
	markdown = regexp.MustCompile("\\*\\*|`")
	// competence is the grammar of the pupils' digital competence framework: domain, component, level, indicator.
	competence = regexp.MustCompile(`^[1-6]\.[1-6](\.(CB|TC|NC|CS)[12][a-z])?$`)
	harmless   = regexp.MustCompile(`(^|\.)(gov\.vn|test|example|invalid)$`)
	domain     = regexp.MustCompile(`(?i)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z]{2,}`)
)

// allOfAbove are the ways to write an option that refers to the other options. Such options test attention to the
// layout instead of the skill, and break when options are shuffled.
var allOfAbove = []*regexp.Regexp{
	regexp.MustCompile(`^tất cả( các| những)?( đáp án| phương án| lựa chọn| ý| câu| điều| cách| việc)?( đã| được| nêu| ở| bên| kể)* trên`),
	regexp.MustCompile(`^tất cả( các| những)?( đáp án| phương án| lựa chọn| ý| câu)?( trên)? đều (đúng|sai)`),
	regexp.MustCompile(`^cả (hai|ba|bốn|năm|[2-5]|[a-e](\s*(,|và)\s*[a-e])+)( đáp án| phương án| ý| câu| lựa chọn)?( trên)?( đều (đúng|sai))?\.?$`),
	regexp.MustCompile(`(không|chẳng)( có)? (đáp án|phương án|ý|câu|lựa chọn) nào( (ở |nêu )?trên| đúng)`),
	regexp.MustCompile(`^(all|none|both|neither) of the (above|answers|options|other)`),
}

// brands are banks, wallets, shops and public services whose name must not be worn by an invented sender or address.
var brands = []string{
	"vietcombank", "vietinbank", "bidv", "agribank", "techcombank", "sacombank", "vpbank", "tpbank", "mbbank", "hdbank",
	"momo", "zalopay", "vnpay", "viettelpay", "viettelmoney", "shopee", "lazada", "tiki", "sendo", "tiktokshop",
	"vneid", "vssid", "dichvucong",
}

// checkWords finds reserved words anywhere in a text file, comments and line breaks between the two words included.
func checkWords(file, text string) []Problem {
	var out []Problem
	for _, hit := range reserved.FindAllStringIndex(text, -1) {
		out = append(out, Problem{File: file, Line: lineAt(text, hit[0]), Reason: reservedReason(text[hit[0]:hit[1]])})
	}
	return out
}

func reservedReason(words string) string {
	return fmt.Sprintf("%q is a reserved word; what we issue is a “Giấy xác nhận hoàn thành”", strings.Join(strings.Fields(words), " "))
}

// checkEncoding refuses what a reader cannot see or a search cannot find: broken UTF-8, decomposed Vietnamese letters,
// control and direction characters.
func checkEncoding(file, text string) []Problem {
	for i, r := range text {
		reason := ""
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			reason = "is not UTF-8"
		case r >= 0x300 && r <= 0x36F:
			reason = "holds a separate accent mark; write composed letters (Unicode NFC)"
		case r != '\n' && r != '\t' && unicode.IsControl(r), r != 0x200D && unicode.Is(unicode.Cf, r):
			reason = fmt.Sprintf("holds the invisible character U+%04X", r)
		}
		if reason != "" {
			return []Problem{{File: file, Line: lineAt(text, i), Reason: reason}}
		}
	}
	return nil
}

func lineAt(text string, offset int) int { return 1 + strings.Count(text[:offset], "\n") }

// checkStrings applies the rules for plain text to every string of the document. Stems are Markdown and are checked
// when they are rendered.
func (d *document) checkStrings() []Problem {
	var out []Problem
	d.eachString("", d.value, func(pointer, s string) {
		if name, bad := lookalike(s); bad {
			out = append(out, d.at(pointer, "%q looks like the address of a real service; invent another", name))
		}
		if words := reserved.FindString(s); words != "" { // it may be written with escapes, which the file's text hides
			out = append(out, d.at(pointer, "%s", reservedReason(words)))
		}
		if strings.HasSuffix(pointer, "/stem") {
			return
		}
		if tag := htmlTag.FindString(s); tag != "" {
			out = append(out, d.at(pointer, "raw HTML is not allowed: %s", tag))
		}
		if mark := markdown.FindString(s); mark != "" {
			out = append(out, d.at(pointer, "this text is shown as it is, Markdown (%s) is not read here", mark))
		}
	})
	return out
}

func (d *document) eachString(pointer string, v any, visit func(pointer, s string)) {
	switch v := v.(type) {
	case string:
		visit(pointer, v)
	case []any:
		for i, item := range v {
			d.eachString(pointer+"/"+strconv.Itoa(i), item, visit)
		}
	case map[string]any:
		for name, item := range v {
			d.eachString(pointer+"/"+escapePointer.Replace(name), item, visit)
		}
	}
}

// similar maps letters and digits that are swapped in false addresses onto one of them.
var similar = strings.NewReplacer("0", "o", "1", "i", "l", "i", "3", "e", "5", "s", "@", "a", "-", "", "_", "", " ", "", ".", "")

// lookalike finds an address that imitates a real service: content must not train pupils, or arm anybody, with one.
// The real addresses themselves may be named, and so may anything under the endings that RFC 2606 keeps from ever existing
// (.test, .example, .invalid): lessons need examples of false addresses.
func lookalike(s string) (string, bool) {
	for _, name := range domain.FindAllString(s, -1) {
		lower := strings.ToLower(name)
		if harmless.MatchString(lower) {
			continue
		}
		folded := similar.Replace(lower)
		for _, brand := range brands {
			if strings.Contains(folded, similar.Replace(brand)) && !ownAddress(lower, brand) {
				return name, true
			}
		}
		if slices.Contains(strings.FieldsFunc(lower, func(r rune) bool { return r == '.' || r == '-' }), "gov") {
			return name, true
		}
	}
	return "", false
}

// ownAddress reports whether the address is the brand's own: brand.vn, brand.com, brand.com.vn or below one of them.
func ownAddress(name, brand string) bool {
	for _, end := range []string{".vn", ".com", ".com.vn"} {
		if name == brand+end || strings.HasSuffix(name, "."+brand+end) {
			return true
		}
	}
	return false
}

// wearsBrand reports whether an invented sender carries a real name.
func wearsBrand(sender string) (string, bool) {
	folded := similar.Replace(strings.ToLower(sender))
	for _, brand := range brands {
		if strings.Contains(folded, similar.Replace(brand)) {
			return brand, true
		}
	}
	return "", false
}

func refersToOthers(option string) bool {
	lower := strings.Join(strings.Fields(strings.ToLower(option)), " ")
	return slices.ContainsFunc(allOfAbove, func(r *regexp.Regexp) bool { return r.MatchString(lower) })
}
