package learning

import (
	"bytes"
	"encoding/json"
	"slices"

	"nhaso/curriculum"
	"nhaso/models"
)

// maxResponse is how many bytes a stored response may have: the width of its
// column.
const maxResponse = 2000

// Response is one answer, in the opaque keys of the question as it was shown.
// Which field is filled depends on the kind: Choice for single, Choices for
// multiple, Verdict and Reason for true_false, Order for order, Pairs (left →
// right) for match, Marks for spot. All empty means "not answered".
type Response struct {
	Choice  string            `json:"choice,omitempty"`
	Choices []string          `json:"choices,omitempty"`
	Verdict *bool             `json:"verdict,omitempty"`
	Reason  string            `json:"reason,omitempty"`
	Order   []string          `json:"order,omitempty"`
	Pairs   map[string]string `json:"pairs,omitempty"`
	Marks   []string          `json:"marks,omitempty"`
}

// ParseResponse reads a response strictly: an unknown field, a second value or
// more than 2,000 bytes is Invalid, field "body.response".
func ParseResponse(raw []byte) (Response, error) {
	if len(raw) > maxResponse {
		return Response{}, models.InvalidField("body.response", "too_long")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var r Response
	if err := dec.Decode(&r); err != nil || dec.More() {
		return Response{}, models.InvalidField("body.response", "invalid")
	}
	return r, nil
}

// Empty tells whether nothing is answered.
func (r Response) Empty() bool {
	return r.Choice == "" && len(r.Choices) == 0 && r.Verdict == nil && r.Reason == "" &&
		len(r.Order) == 0 && len(r.Pairs) == 0 && len(r.Marks) == 0
}

// canonical checks a response against the question as shown and answers its
// one text form, in which two equal answers are equal bytes. The error is
// Invalid and names the field below "body.response".
func (s shown) canonical(r Response) (string, error) {
	if err := s.check(r); err != nil {
		return "", err
	}
	// What is a set has no order.
	r.Choices, r.Marks = sorted(r.Choices), sorted(r.Marks)
	text, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	if len(text) > maxResponse {
		return "", models.InvalidField("body.response", "too_long")
	}
	return string(text), nil
}

func sorted(keys []string) []string {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	return keys
}

// check refuses fields of another kind, unknown keys and keys given twice.
func (s shown) check(r Response) error {
	used := map[string]bool{
		"choice": r.Choice != "", "choices": len(r.Choices) > 0, "verdict": r.Verdict != nil, "reason": r.Reason != "",
		"order": len(r.Order) > 0, "pairs": len(r.Pairs) > 0, "marks": len(r.Marks) > 0,
	}
	for _, f := range fieldsOf[s.q.Kind] {
		delete(used, f)
	}
	for _, f := range responseFields {
		if used[f] {
			return models.InvalidField("body.response."+f, "wrong_kind")
		}
	}
	options, marks := len(s.item.Options), s.marks()
	for _, x := range []struct {
		field string
		keys  []string
		most  int
	}{
		{"choice", one(r.Choice), options}, {"choices", r.Choices, options}, {"reason", one(r.Reason), options},
		{"order", r.Order, options}, {"marks", r.Marks, marks},
	} {
		if code := checkKeys(x.keys, x.most); code != "" {
			return models.InvalidField("body.response."+x.field, code)
		}
	}
	for left, right := range r.Pairs {
		if index(left, len(s.item.Lefts)) < 0 || index(right, options) < 0 {
			return models.InvalidField("body.response.pairs", "unknown_option")
		}
	}
	return nil
}

var responseFields = []string{"choice", "choices", "verdict", "reason", "order", "pairs", "marks"}

var fieldsOf = map[string][]string{
	"single": {"choice"}, "multiple": {"choices"}, "true_false": {"verdict", "reason"},
	"order": {"order"}, "match": {"pairs"}, "spot": {"marks"},
}

func one(key string) []string {
	if key == "" {
		return nil
	}
	return []string{key}
}

func checkKeys(keys []string, most int) (code string) {
	for i, k := range keys {
		if index(k, most) < 0 {
			return "unknown_option"
		}
		if slices.Contains(keys[:i], k) {
			return "twice"
		}
	}
	return ""
}

// marks is how many parts or spots can be marked.
func (s shown) marks() int {
	if s.q.Message != nil {
		return len(s.q.Message.Parts)
	}
	return len(s.q.Spots)
}

// decode reads back a stored response. Stored responses are canonical, so an
// error means that the row was changed by hand; it counts as not answered.
func decode(text string) Response {
	var r Response
	if json.Unmarshal([]byte(text), &r) != nil {
		return Response{}
	}
	return r
}

// signs lists which marks are warning signs, by position.
func signs(q *curriculum.Question) []bool {
	var list []bool
	if q.Message != nil {
		for _, p := range q.Message.Parts {
			list = append(list, p.Sign)
		}
		return list
	}
	for _, s := range q.Spots {
		list = append(list, s.Sign)
	}
	return list
}
