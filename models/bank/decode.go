package bank

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// decode turns a file into UTF-8 text without byte order mark and with plain line ends. UTF-16 is known by its mark or
// by the zeros of an XML file's first letters. The error is a refusal.
func decode(data []byte) (string, error) {
	text, err := unmarked(data)
	if err != nil {
		return "", err
	}
	if at := strings.IndexByte(text, 0); at >= 0 {
		return "", refuse(lineOf(text, at), "binary")
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return norm.NFC.String(text), nil
}

func unmarked(data []byte) (string, error) {
	order := unicode.LittleEndian
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		data = data[3:]
		fallthrough
	default:
		if !utf8.Valid(data) {
			return "", refuse(lineOf(string(data), firstInvalid(data)), "not_utf8")
		}
		return string(data), nil
	case bytes.HasPrefix(data, []byte("\xFE\xFF")), bytes.HasPrefix(data, []byte("\x00<")):
		order = unicode.BigEndian
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("<\x00")):
	}
	if len(data)%2 != 0 {
		return "", refuse("file", "cut_off")
	}
	text, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return "", refuse("file", "not_utf16")
	}
	return string(text), nil
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}

// lineOf names the line of an offset for people.
func lineOf(text string, offset int) string {
	return "line " + itoa(1+strings.Count(text[:min(offset, len(text))], "\n"))
}
