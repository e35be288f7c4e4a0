package bank

import (
	"maps"
	"slices"
)

// listen takes the feedback of the item by its identifiers. Of two under one identifier, for different points, the last
// stays.
func (q *qtiReading) listen() {
	for _, m := range q.root.all("modalFeedback") {
		id := m.at("identifier")
		if q.said[id] != "" {
			q.r.note(q.it.where, "feedback_dropped", short(id))
		}
		q.said[id], _ = lines(m.kids)
	}
}

// says is the feedback of an identifier, which has found its place by that.
func (q *qtiReading) says(id string) string {
	q.heard[id] = true
	return q.said[id]
}

// unheard tells of feedback that belongs to nothing that we have: to points, or to right and wrong as a whole.
func (q *qtiReading) unheard() {
	for _, id := range slices.Sorted(maps.Keys(q.said)) {
		if q.said[id] != "" && !q.heard[id] && q.it.skip == "" {
			q.r.note(q.it.where, "feedback_dropped", short(id))
		}
	}
}

// misplaced tells of feedback that stands in the text itself.
func (q *qtiReading) misplaced(body *node) {
	for _, name := range feedbacks {
		for _, f := range body.find(name) {
			if text, _ := lines(f.kids); text != "" && !q.placed(f) {
				q.r.note(q.it.where, "feedback_dropped", short(f.at("identifier")))
			}
		}
	}
}

// feedbacks are shown after an answer: within the question they would tell it.
var feedbacks = []string{"feedbackInline", "feedbackBlock", "modalFeedback"}

// placed tells whether the feedback stands in a part of the question, from where it is read.
func (q *qtiReading) placed(f *node) bool {
	for _, name := range []string{"simpleChoice", "simpleAssociableChoice", "hottext", "hotspotChoice"} {
		for _, part := range q.root.first("itemBody").find(name) {
			if slices.Contains(part.kids, f) {
				return true
			}
		}
	}
	return false
}
