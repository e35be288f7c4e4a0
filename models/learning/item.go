package learning

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"nhaso/curriculum"
)

// item is one slot of an attempt as frozen at its start: the question version
// and the order in which its parts are shown. The n-th shown part has the
// opaque key "n"; the keys of the content never leave the server.
type item struct {
	Question string `json:"q"`           // content hash
	Options  []int  `json:"o,omitempty"` // shown position → index; for match the right sides (pairs, then extras)
	Lefts    []int  `json:"l,omitempty"` // match: shown position → index of the pair
}

// shown is an item with its question at hand.
type shown struct {
	item
	q *curriculum.Question
}

// deal shuffles the parts of a question. A message or picture keeps its order,
// or it could not be read. Items to be ordered never come in the right order,
// which would answer the question.
func deal(q *curriculum.Question, rng *rand.Rand) item {
	it := item{Question: q.Hash}
	switch q.Kind {
	case "match":
		it.Lefts = rng.Perm(len(q.Pairs))
		it.Options = rng.Perm(len(q.Pairs) + len(q.Extra))
	case "order":
		it.Options = rng.Perm(len(q.Options))
		if slices.IsSorted(it.Options) && len(it.Options) > 1 {
			it.Options[0], it.Options[1] = it.Options[1], it.Options[0]
		}
	case "spot":
	default:
		it.Options = rng.Perm(len(q.Options))
	}
	return it
}

// key is the opaque key of the part at a shown position (from 0).
func key(position int) string { return strconv.Itoa(position + 1) }

// index reads an opaque key back, -1 when it is none of the most keys shown.
func index(key string, most int) int {
	n, err := strconv.Atoi(key)
	if err != nil || n < 1 || n > most || strconv.Itoa(n) != key {
		return -1
	}
	return n - 1
}

// fits tells whether an item read from the database matches its question.
func (s shown) fits() bool {
	options, lefts := len(s.q.Options), 0
	switch s.q.Kind {
	case "match":
		options, lefts = len(s.q.Pairs)+len(s.q.Extra), len(s.q.Pairs)
	case "spot":
		options = 0
	}
	return permutation(s.item.Options, options) && permutation(s.item.Lefts, lefts)
}

func permutation(p []int, n int) bool {
	if len(p) != n {
		return false
	}
	seen := make([]bool, n)
	for _, i := range p {
		if i < 0 || i >= n || seen[i] {
			return false
		}
		seen[i] = true
	}
	return true
}

// Choice is one part that can be chosen, under its opaque key.
type Choice struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

// MessageView is a message to be examined, without its signs.
type MessageView struct {
	Channel string   `json:"channel"`
	Sender  string   `json:"sender"`
	Time    string   `json:"time"`
	Parts   []Choice `json:"parts"`
}

// SpotView is a rectangle on the picture, without saying whether it is a sign.
type SpotView struct {
	Key   string  `json:"key"`
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	W     float64 `json:"w"`
	H     float64 `json:"h"`
	Label string  `json:"label"`
}

// QuestionView is a question as a pupil may see it: no key of the content, no
// mark of right or wrong, no feedback.
type QuestionView struct {
	Slot        int                 `json:"slot,omitempty"`
	QuestionKey string              `json:"question_key"`
	Kind        string              `json:"kind"`
	Stem        string              `json:"stem"` // sanitised inline HTML
	Image       *curriculum.Picture `json:"image"`
	Options     []Choice            `json:"options"`
	Lefts       []Choice            `json:"lefts"`
	Rights      []Choice            `json:"rights"`
	Message     *MessageView        `json:"message"`
	Spots       []SpotView          `json:"spots"`
}

// view cuts the question down to what may be seen.
func (s shown) view(slot int) QuestionView {
	q := s.q
	v := QuestionView{Slot: slot, QuestionKey: q.Key, Kind: q.Kind, Stem: q.Stem, Image: q.Image,
		Options: []Choice{}, Lefts: []Choice{}, Rights: []Choice{}}
	switch q.Kind {
	case "match":
		for i, p := range s.Lefts {
			v.Lefts = append(v.Lefts, Choice{key(i), q.Pairs[p].Left})
		}
		for i, p := range s.item.Options {
			v.Rights = append(v.Rights, Choice{key(i), s.right(p)})
		}
	case "spot":
		s.viewSpots(&v)
	default:
		for i, p := range s.item.Options {
			v.Options = append(v.Options, Choice{key(i), q.Options[p].Text})
		}
	}
	return v
}

func (s shown) viewSpots(v *QuestionView) {
	if m := s.q.Message; m != nil {
		v.Message = &MessageView{Channel: m.Channel, Sender: m.Sender, Time: m.Time, Parts: []Choice{}}
		for i, p := range m.Parts {
			v.Message.Parts = append(v.Message.Parts, Choice{key(i), p.Text})
		}
		return
	}
	v.Spots = []SpotView{}
	for i, p := range s.q.Spots {
		v.Spots = append(v.Spots, SpotView{Key: key(i), X: p.X, Y: p.Y, W: p.W, H: p.H, Label: p.Label})
	}
}

// right is the text of the right side at an index: pairs first, then extras.
func (s shown) right(i int) string {
	if i < len(s.q.Pairs) {
		return s.q.Pairs[i].Right
	}
	return s.q.Extra[i-len(s.q.Pairs)].Text
}
