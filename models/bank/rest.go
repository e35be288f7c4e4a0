package bank

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"nhaso/curriculum"
)

// tagPrefix marks our words among a file's tags.
const tagPrefix = "nhaso:"

// tagsOf says in short tags what other programs have no field for. They survive a stay in Moodle.
func tagsOf(q *curriculum.Question) []string {
	var out []string
	add := func(name, value string) {
		if value != "" {
			out = append(out, tagPrefix+name+"="+value)
		}
	}
	add("objective", q.Objective)
	add("use", q.Use)
	if q.Difficulty > 0 {
		add("difficulty", strconv.Itoa(q.Difficulty))
	}
	add("twin", q.Twin)
	add("lesson", q.Lesson)
	for _, c := range q.Competences {
		add("competence", c)
	}
	for _, s := range q.Sources {
		add("source", s)
	}
	return out
}

// applyTags reads them back. Tags of others are left alone: they mean nothing here.
func applyTags(q curriculum.Question, tags []string) curriculum.Question {
	q.Competences, q.Sources = []string{}, []string{}
	for _, tag := range tags {
		name, value, ok := strings.Cut(strings.TrimPrefix(tag, tagPrefix), "=")
		if !ok || !strings.HasPrefix(tag, tagPrefix) {
			continue
		}
		switch name {
		case "objective":
			q.Objective = value
		case "use":
			q.Use = value
		case "difficulty":
			q.Difficulty, _ = strconv.Atoi(value)
		case "twin":
			q.Twin = value
		case "lesson":
			q.Lesson = value
		case "competence":
			q.Competences = append(q.Competences, value)
		case "source":
			q.Sources = append(q.Sources, value)
		}
	}
	if q.Use == "" {
		q.Use = "practice"
	}
	return q
}

// The extension. A question is first written in the format's own words and read back as a stranger would. Where the
// result is not the question itself, the members that differ travel as one JSON object, with the digest of what was
// read back: whoever finds the same digest lays the members over it and has the question, byte for byte. When somebody
// has changed the question meanwhile, the digest is another one, and only what the format could not say is taken.

// ofMember names the digest in the object.
const ofMember = "_of"

func digest(q curriculum.Question) string { q.Hash = ""; return q.ContentHash()[:16] }

// members is a question as JSON members.
func members(q curriculum.Question) map[string]json.RawMessage {
	q.Hash = ""
	text, err := json.Marshal(q)
	if err != nil {
		panic("bank: questions always marshal: " + err.Error())
	}
	var out map[string]json.RawMessage
	if err := json.Unmarshal(text, &out); err != nil {
		panic("bank: a question is an object: " + err.Error())
	}
	return out
}

// restOf is what must be laid over got to have want: a JSON object in one line, or nothing.
func restOf(got, want curriculum.Question) string {
	from, to, rest := members(got), members(want), map[string]json.RawMessage{}
	for name, value := range to {
		if !bytes.Equal(from[name], value) {
			rest[name] = value
		}
	}
	for name := range from {
		if to[name] == nil {
			rest[name] = json.RawMessage("null")
		}
	}
	if len(rest) == 0 {
		return ""
	}
	rest[ofMember], _ = json.Marshal(digest(got))
	text, err := json.Marshal(rest)
	if err != nil {
		panic("bank: raw messages always marshal: " + err.Error())
	}
	return string(text)
}

// empty are the values that say nothing.
var empty = []string{"", "null", `""`, "[]", "0"}

// applyRest lays the extension over a question; ok is false for one that cannot be read, which is then passed over.
func applyRest(q curriculum.Question, rest string) (out curriculum.Question, ok bool) {
	if rest == "" {
		return q, true
	}
	var over map[string]json.RawMessage
	if len(rest) > 1<<20 || json.Unmarshal([]byte(rest), &over) != nil {
		return q, false
	}
	var of string
	_ = json.Unmarshal(over[ofMember], &of)
	delete(over, ofMember)
	delete(over, "hash")
	all := members(q)
	for name, value := range over {
		if of == digest(q) || additional[name] && slices.Contains(empty, string(all[name])) {
			all[name] = value
		}
	}
	text, err := json.Marshal(all)
	if err != nil || json.Unmarshal(text, &out) != nil {
		return q, false
	}
	return out, true
}

// additional are the members that fit any form of the question.
var additional = map[string]bool{"hints": true, "explain": true, "worked_example": true, "twin": true, "lesson": true, "objective": true,
	"use": true, "difficulty": true, "competences": true, "sources": true}
