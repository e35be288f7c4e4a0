package household

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"nhaso/models"
	"nhaso/models/sheet"
)

// personName checks a name: "" for an empty cell, a reason for what is none, such
// as a formula or a piece of a web page.
func personName(cell string) (name, reason string) {
	if sheet.Blank(cell) {
		return "", ""
	}
	name = models.Clean(cell)
	switch {
	case len([]rune(name)) > 120:
		return "", "too_long"
	case strings.IndexFunc(name, unicode.IsLetter) < 0, sheet.Formula(name), strings.ContainsAny(name, "<>{}|=\\"):
		return "", "invalid_name"
	}
	return name, ""
}

// membersOf reads the members of a row: the one of a member's row, and the list
// of a cell "Nguyễn Văn A – con; Trần Thị B – vợ, 1985".
func (in *intake) membersOf(t *sheet.Table, row sheet.Row, born int) (one member, list []member, column, reason string) {
	if _, ok := t.Columns[colMember]; ok {
		name, reason := personName(t.Cell(row, colMember))
		if reason != "" {
			return one, nil, colMember, reason
		}
		if name != "" {
			one = member{name, relationOf(t.Cell(row, colRelation)), born}
			list = append(list, one)
		}
	}
	cell := t.Cell(row, colMembers)
	if sheet.Blank(cell) {
		return one, list, "", ""
	}
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == '\n' || r == '|' }) {
		part, year := yearIn(part)
		words, relation := part, ""
		if i := strings.LastIndexAny(part, "–—-:("); i > 0 {
			words, relation = part[:i], strings.TrimLeft(part[i:], "–—-:(")
		}
		name, reason := personName(words)
		if reason != "" {
			return one, nil, colMembers, reason
		}
		if name != "" {
			list = addMember(list, member{name, relationOf(strings.Trim(relation, " ,.)")), year})
		}
	}
	return one, list, "", ""
}

// aYear is a year of birth inside a text.
var aYear = regexp.MustCompile(`\b(?:19|20)[0-9]{2}\b`)

// yearIn takes the year of birth out of "Trần Thị B – vợ, 1985".
func yearIn(part string) (rest string, year int) {
	at := aYear.FindStringIndex(part)
	if at == nil {
		return part, 0
	}
	year, _ = strconv.Atoi(part[at[0]:at[1]])
	before := strings.TrimRight(part[:at[0]], " ,–—-:(")
	return before + strings.TrimLeft(part[at[1]:], " ,)"), year
}

// addMember adds a member whom the list does not have.
func addMember(list []member, m member) []member {
	for i, have := range list {
		if have.relation == m.relation && models.Fold(have.name) == models.Fold(m.name) {
			if have.born == 0 {
				list[i].born = m.born
			}
			return list
		}
	}
	return append(list, m)
}

// relationWords maps the first word of a relation, folded, to one of ours.
var relationWords = map[string]string{
	"chu": "head", "vo": "spouse", "chong": "spouse", "con": "child", "chau": "grandchild", "chat": "grandchild",
	"anh": "sibling", "chi": "sibling", "em": "sibling", "bo": "parent", "cha": "parent", "me": "parent",
	"head": "head", "spouse": "spouse", "child": "child", "grandchild": "grandchild", "sibling": "sibling", "parent": "parent",
}

func relationOf(s string) string {
	first, _, _ := strings.Cut(models.Fold(s), " ")
	if r, ok := relationWords[first]; ok {
		return r
	}
	return "other"
}
