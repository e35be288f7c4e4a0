package sheet

import "bytes"

// utf16Of recognises UTF-16 by its mark, or by the zero bytes of its ASCII.
func utf16Of(start []byte) string {
	switch {
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}):
		return encUTF16LE
	case bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return encUTF16BE
	}
	even, odd := 0, 0
	for i, b := range start {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	half := len(start) / 2
	switch {
	case half >= 2 && odd > half/2 && even <= half/20:
		return encUTF16LE
	case half >= 2 && even > half/2 && odd <= half/20:
		return encUTF16BE
	}
	return ""
}

// utf32 recognises the encoding of four bytes a sign by its mark; that of UTF-16
// begins alike.
func utf32(start []byte) bool {
	return bytes.HasPrefix(start, []byte{0xff, 0xfe, 0, 0}) || bytes.HasPrefix(start, []byte{0, 0, 0xfe, 0xff})
}

// looksLikeMarkup recognises the web pages that some school software names
// ".xls" or ".csv".
func looksLikeMarkup(start []byte) bool {
	low := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(start, utf8BOM)))
	if enc := utf16Of(start); enc != "" { // its ASCII is enough to tell a tag
		low = bytes.ReplaceAll(bytes.TrimLeft(low, "\xff\xfe"), []byte{0}, nil)
	}
	for _, p := range []string{"<html", "<!doctype", "<table", "<?xml", "<meta", "<head", "<style", "<div", "<!--"} {
		if bytes.HasPrefix(low, []byte(p)) {
			return true
		}
	}
	return false
}

// notTables are the beginnings of files that are often sent by mistake.
var notTables = [][]byte{[]byte("%PDF"), []byte("\xff\xd8\xff"), []byte("\x89PNG"), []byte("GIF8"), []byte("Rar!"), []byte("{\\rtf")}

// oldBinary tells the old binary .xls from an .xlsx with a password: both are
// the same kind of container, and a locked one names its content.
func oldBinary(data []byte) string {
	var name []byte
	for _, c := range []byte("EncryptedPackage") {
		name = append(name, c, 0)
	}
	if bytes.Contains(data, name) {
		return "encrypted"
	}
	return "xls_binary"
}

// delimiter is the sign that stands equally often, and more than once, on most
// lines of the sample. Signs within quotes do not count.
func delimiter(sample []byte) byte {
	best, bestLines := byte(','), 0
	for _, d := range []byte{',', ';', '\t', '|'} {
		lines := map[int]int{}
		n, quoted, count := 0, false, 0
		for _, b := range sample {
			switch {
			case b == '"':
				quoted = !quoted
			case quoted:
			case b == d:
				n++
			case b == '\n' || b == '\r':
				lines[n]++
				n = 0
				count++
			}
		}
		lines[n]++
		for n, k := range lines {
			// More columns make a better delimiter than a sign in one column's text.
			if score := k * min(n, 8); n > 0 && score > bestLines {
				best, bestLines = d, score
			}
		}
	}
	return best
}

// sampleSize bounds the text that is scored.
const sampleSize = 32 << 10

// markedLines picks the lines with a sign beyond ASCII, up to sampleSize.
func markedLines(data []byte) []byte {
	var out []byte
	for len(data) > 0 && len(out) < sampleSize {
		line := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			line = data[:i+1]
		}
		data = data[len(line):]
		if !isASCII(line) {
			out = append(out, line...)
		}
	}
	return out
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
