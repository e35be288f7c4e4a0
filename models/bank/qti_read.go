package bank

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"nhaso/curriculum"
)

// interactions that a question of ours can be made of; anything else that ends in Interaction is not supported.
var interactions = []string{"choiceInteraction", "orderInteraction", "matchInteraction", "hottextInteraction", "hotspotInteraction"}

// qtiReading is one item while it is read.
type qtiReading struct {
	r     *reader
	it    *item
	file  string
	p     *contents
	root  *node
	right map[string][]string // correct values by response
	said  map[string]string   // feedback by identifier
	heard map[string]bool     // identifiers whose feedback has found its place
}

// qtiItem reads an item of QTI 2 or 3: their names have been made one before.
func (r *reader) qtiItem(root *node, file string, p *contents) item {
	it := item{where: short(file), name: root.at("title")}
	if it.name == "" {
		it.name = root.at("identifier")
	}
	it.q.Key = root.at("label")
	if root.at("toolName") != "nhaso" {
		it.q.Key = ""
	}
	q := &qtiReading{r: r, it: &it, file: file, p: p, root: root, right: map[string][]string{}, said: map[string]string{}, heard: map[string]bool{}}
	q.read()
	return it
}

func (q *qtiReading) read() {
	for _, d := range q.root.all("responseDeclaration") {
		var values []string
		for _, v := range d.first("correctResponse").all("value") {
			values = append(values, strings.Join(strings.Fields(v.inner()), " "))
		}
		if values == nil { // marks alone: what earns some is right
			for _, e := range d.first("mapping").all("mapEntry") {
				if f, err := strconv.ParseFloat(e.at("mappedValue"), 64); err == nil && f > 0 {
					values = append(values, e.at("mapKey"))
				}
			}
		}
		q.right[d.at("identifier")] = values
	}
	q.listen()
	defer q.unheard()
	body := q.root.first("itemBody")
	found := q.interactions(body)
	q.asides()
	switch {
	case len(found) == 0:
		q.it.skip = "no_interaction"
	case q.root.first("templateProcessing") != nil:
		q.it.skip, q.it.detail = "type_unsupported", "templateProcessing" // numbers are drawn anew for each pupil
	case q.root.at("adaptive") == "true":
		q.it.skip, q.it.detail = "type_unsupported", "adaptive" // what is asked depends on the answers before
	case len(found) == 2 && q.verdict(found[0]) && found[1].name == "choiceInteraction":
		q.it.q.Kind, q.it.q.WrongFeedback = "true_false", q.says(idWrong)
		q.it.q.Options = q.options(found[1])
	case len(found) > 1:
		q.it.skip, q.it.detail = "several_interactions", itoa(len(found))
	case !slices.Contains(interactions, found[0].name):
		q.it.skip, q.it.detail = "type_unsupported", short(found[0].name)
	default:
		q.interaction(found[0])
	}
	q.stem(body)
}

// interactions lists what the item asks, in order.
func (q *qtiReading) interactions(n *node) (out []*node) {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if strings.HasSuffix(k.name, "Interaction") {
			out = append(out, k)
			continue
		}
		out = append(out, q.interactions(k)...)
	}
	return out
}

// asides takes the texts that belong to the question as a whole.
func (q *qtiReading) asides() {
	q.it.q.Explain, q.it.q.WorkedExample = q.says(idExplain), q.says(idExample)
	for n := 1; q.said[idHint+itoa(n)] != ""; n++ {
		q.it.q.Hints = append(q.it.q.Hints, q.says(idHint+itoa(n)))
	}
}

// verdict reads the choice between true and false; ok is false when it is another choice.
func (q *qtiReading) verdict(n *node) (ok bool) {
	choices := n.all("simpleChoice")
	if n.name != "choiceInteraction" || len(choices) != 2 || !strings.EqualFold(choices[0].at("identifier"), "true") ||
		!strings.EqualFold(choices[1].at("identifier"), "false") {
		return false
	}
	if right := q.right[n.at("responseIdentifier")]; len(right) == 1 {
		answer := strings.EqualFold(right[0], "true")
		q.it.q.Answer = &answer
	}
	return true
}

// key makes an identifier a key again.
func key(id string) string {
	if rest, ok := strings.CutPrefix(id, "_"); ok {
		return rest
	}
	return Slug(id)
}

// plain is the text of an element without the feedback that stands in it.
func (q *qtiReading) plain(n *node) (text, feedback string) {
	kids := slices.DeleteFunc(slices.Clone(n.kids), func(k *node) bool {
		if k.name == "feedbackInline" || k.name == "feedbackBlock" {
			feedback, _ = lines(k.kids)
			return true
		}
		return false
	})
	text, dropped := lines(kids)
	if dropped {
		q.r.note(q.it.where, "markup_dropped", "")
	}
	if said := q.says(n.at("identifier")); said != "" {
		feedback = said
	}
	return text, feedback
}

func (q *qtiReading) options(n *node) (out []curriculum.Option) {
	right := q.right[n.at("responseIdentifier")]
	for _, c := range n.all("simpleChoice") {
		o := curriculum.Option{Key: key(c.at("identifier")), Correct: slices.Contains(right, c.at("identifier"))}
		o.Text, o.Feedback = q.plain(c)
		out = append(out, o)
	}
	return out
}

func (q *qtiReading) interaction(n *node) {
	switch n.name {
	case "choiceInteraction":
		q.choice(n)
	case "orderInteraction":
		q.order(n)
	case "matchInteraction":
		q.match(n)
	case "hottextInteraction":
		q.message(n)
	case "hotspotInteraction":
		q.hotspots(n)
	}
}

func (q *qtiReading) choice(n *node) {
	if q.verdict(n) {
		q.it.q.Kind, q.it.q.WrongFeedback = "true_false", q.says(idWrong)
		return
	}
	q.it.q.Kind, q.it.q.Options = "multiple", q.options(n)
	single := n.at("maxChoices") == "1" || n.at("maxChoices") == "" && len(q.right[n.at("responseIdentifier")]) == 1
	for _, d := range q.root.all("responseDeclaration") {
		single = single || d.at("identifier") == n.at("responseIdentifier") && d.at("cardinality") == "single"
	}
	if single {
		q.it.q.Kind = "single"
	}
}

func (q *qtiReading) order(n *node) {
	q.it.q.Kind = "order"
	right := q.right[n.at("responseIdentifier")]
	choices := n.all("simpleChoice")
	if len(right) != len(choices) {
		q.it.skip = "no_right_answer"
		return
	}
	for _, id := range right {
		at := slices.IndexFunc(choices, func(c *node) bool { return c.at("identifier") == id })
		if at < 0 {
			q.it.skip = "no_right_answer"
			return
		}
		o := curriculum.Option{Key: key(id)}
		o.Text, o.Feedback = q.plain(choices[at])
		q.it.q.Options = append(q.it.q.Options, o)
	}
}

func (q *qtiReading) match(n *node) {
	q.it.q.Kind = "match"
	sets := n.all("simpleMatchSet")
	if len(sets) != 2 {
		q.it.skip = "pair_broken"
		return
	}
	lefts, rights := sets[0].all("simpleAssociableChoice"), sets[1].all("simpleAssociableChoice")
	used := map[string]int{}
	for _, l := range lefts {
		pair := curriculum.Pair{Key: key(l.at("identifier"))}
		pair.Left, pair.Feedback = q.plain(l)
		found := 0
		for _, r := range rights {
			if slices.Contains(q.right[n.at("responseIdentifier")], l.at("identifier")+" "+r.at("identifier")) {
				pair.Right, _ = q.plain(r)
				found++
				used[r.at("identifier")]++
			}
		}
		if found != 1 || used[""] > 0 {
			q.it.skip = "pairs_not_one_to_one"
			return
		}
		q.it.q.Pairs = append(q.it.q.Pairs, pair)
	}
	for _, r := range rights {
		switch id := r.at("identifier"); {
		case used[id] > 1:
			q.it.skip = "pairs_not_one_to_one"
		case used[id] == 0:
			text, _ := q.plain(r)
			q.it.q.Extra = append(q.it.q.Extra, curriculum.Option{Key: key(strings.TrimPrefix(id, "X.")), Text: text})
		}
	}
}

// message reads a text in which parts can be marked. Only a message of ours says who sent it how.
func (q *qtiReading) message(n *node) {
	q.it.q.Kind = "spot"
	right := q.right[n.at("responseIdentifier")]
	m := &curriculum.Message{Channel: "web"}
	for class := range strings.FieldsSeq(n.at("class")) {
		if name := strings.TrimPrefix(class, "nhaso-"); slices.Contains(channels, name) {
			m.Channel = name
		}
	}
	for _, e := range append(n.find("strong"), n.find("span")...) {
		switch e.at("class") {
		case "nhaso-sender":
			m.Sender, _ = lines(e.kids)
		case "nhaso-time":
			m.Time, _ = lines(e.kids)
		}
	}
	inside := 0
	for _, h := range n.find("hottext") {
		part := curriculum.Part{Key: key(h.at("identifier")), Sign: slices.Contains(right, h.at("identifier"))}
		part.Text, part.Feedback = q.plain(h)
		inside += len(strings.Fields(part.Text))
		m.Parts = append(m.Parts, part)
	}
	if all, _ := lines(n.kids); len(strings.Fields(all)) > inside+len(strings.Fields(m.Sender+" "+m.Time)) {
		q.r.note(q.it.where, "text_between_parts_dropped", "")
	}
	q.it.q.Message = m
}

func (q *qtiReading) hotspots(n *node) {
	q.it.q.Kind = "spot"
	object := n.first("object")
	ref, alt := object.at("data"), strings.TrimSpace(object.inner())
	if object == nil {
		object = n.first("img")
		ref, alt = object.at("src"), object.at("alt")
	}
	q.it.q.Image = q.picture(ref, alt)
	w, h := number(object.at("width")), number(object.at("height"))
	if q.it.q.Image != nil && (w <= 0 || h <= 0) {
		s := q.r.images[q.it.q.Image.Src]
		own := sizeOf(&s)
		w, h = float64(own.w), float64(own.h)
	}
	for _, c := range n.all("hotspotChoice") {
		spot := curriculum.Spot{Key: key(c.at("identifier")), Label: strings.TrimSpace(c.at("hotspotLabel")), Sign: slices.Contains(q.right[n.at("responseIdentifier")], c.at("identifier"))}
		_, spot.Feedback = q.plain(c)
		if spot.Label == "" {
			spot.Label = c.at("identifier")
		}
		if !rectangle(&spot, c, w, h) {
			q.it.skip, q.it.detail = "shape_unsupported", short(c.at("shape"))
			return
		}
		q.it.q.Spots = append(q.it.q.Spots, spot)
	}
}

func number(s string) float64 {
	f, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(s), "px"), 64)
	if err != nil || !(math.Abs(f) < 1e6) {
		return -1
	}
	return f
}

// rectangle reads the place of a spot, in percent with one decimal.
func rectangle(s *curriculum.Spot, c *node, w, h float64) bool {
	list := strings.Split(c.at("coords"), ",")
	if c.at("shape") != "rect" || len(list) != 4 || w <= 0 || h <= 0 {
		return false
	}
	percent := func(v string, of float64) float64 { return math.Round(number(v)/of*1000) / 10 }
	s.X, s.Y = percent(list[0], w), percent(list[1], h)
	s.W, s.H = math.Round((percent(list[2], w)-s.X)*10)/10, math.Round((percent(list[3], h)-s.Y)*10)/10
	return s.X >= 0 && s.Y >= 0 && s.W > 0 && s.H > 0
}

// picture takes a picture of the package.
func (q *qtiReading) picture(ref, alt string) *curriculum.Picture {
	name, data, ok := q.p.file(q.file, ref)
	if !ok {
		q.r.note(q.it.where, "picture_dropped", short(ref))
		return nil
	}
	out := q.r.image(q.it.where, name, data)
	if out != nil {
		out.Alt = strings.TrimSpace(alt)
	}
	return out
}

// stem is the item's text without what is asked in it, with the prompts of the interactions.
func (q *qtiReading) stem(body *node) {
	if body == nil {
		return
	}
	for _, img := range outside(body) {
		if q.it.q.Image == nil && q.it.skip == "" {
			q.it.q.Image = q.picture(img.at("src"), img.at("alt"))
		} else {
			q.r.note(q.it.where, "picture_dropped", short(img.at("src")))
		}
		img.name, img.attr = "span", nil
	}
	var dropped bool
	q.misplaced(body)
	q.it.q.Stem, dropped = inline([]*node{withoutInteractions(body)})
	if dropped {
		q.r.note(q.it.where, "markup_dropped", "")
	}
}

// outside lists pictures that belong to no interaction.
func outside(n *node) (out []*node) {
	for _, k := range n.kids {
		switch {
		case k.name == "img":
			out = append(out, k)
		case !strings.HasSuffix(k.name, "Interaction"):
			out = append(out, outside(k)...)
		}
	}
	return out
}

func withoutInteractions(n *node) *node {
	out := &node{name: n.name, attr: n.attr, text: n.text}
	if out.name == "itemBody" {
		out.name = "div"
	}
	for _, k := range n.kids {
		switch {
		case strings.HasSuffix(k.name, "Interaction"):
			if prompt := k.first("prompt"); prompt != nil {
				out.kids = append(out.kids, prompt)
			}
		case slices.Contains(feedbacks, k.name):
		case k.name == "rubricBlock" && !strings.Contains(k.at("view"), "candidate"): // not for pupils
		default:
			out.kids = append(out.kids, withoutInteractions(k))
		}
	}
	return out
}
