package bank

import (
	"math"

	"nhaso/curriculum"
)

// Identifiers of what a question says beside its parts. Keys of parts are small letters, so that none of them meets one.
const (
	idExplain = "EXPLAIN"
	idExample = "WORKED_EXAMPLE"
	idHint    = "HINT_"
	idWrong   = "WRONG_VERDICT"
	responses = "RESPONSE"
	reasons   = "REASON"
)

// partID turns a key into an identifier, which may not begin with a digit or a dash.
func partID(key string) string {
	if key == "" || key[0] < 'a' || key[0] > 'z' {
		return "_" + key
	}
	return key
}

// qtiItem builds the item of a question in the words of QTI 2.1.
type qtiItem struct {
	q     *curriculum.Question
	image *curriculum.Image
	size  size
	body  *element
	decls []any
	rules []any // response processing: which feedback is shown when
	modal []any
}

func newQTIItem(q *curriculum.Question, image *curriculum.Image) *qtiItem {
	i := &qtiItem{q: q, image: image, body: el("itemBody", nil)}
	if image != nil {
		i.size = sizeOf(image)
	}
	i.body.kids = append(i.body.kids, el("div", with("class", "nhaso-stem"), elements(q.Stem)...))
	if image != nil && q.Spots == nil {
		i.body.kids = append(i.body.kids, el("p", nil, el("img", with("src", "../media/"+image.Src, "alt", q.Image.Alt))))
	}
	switch q.Kind {
	case "single", "multiple":
		i.choices(responses, q.Options, q.Kind == "single")
	case "true_false":
		i.trueFalse()
	case "order":
		i.order()
	case "match":
		i.match()
	case "spot":
		if q.Message != nil {
			i.message()
		} else {
			i.hotspots()
		}
	}
	i.say(idExplain, q.Explain)
	i.say(idExample, q.WorkedExample)
	for n, h := range q.Hints {
		i.say(idHint+itoa(n+1), h)
	}
	return i
}

// root is the whole item. Keys may be used by two questions of a file; the identifier of an item may not, so it is given.
func (i *qtiItem) root(id string) *element {
	e := el("assessmentItem", with("xmlns", "http://www.imsglobal.org/xsd/imsqti_v2p1", "identifier", id, "title", i.q.Key, "label", i.q.Key,
		"adaptive", "false", "timeDependent", "false", "toolName", "nhaso"))
	e.kids = append(e.kids, i.decls...)
	e.kids = append(e.kids,
		el("outcomeDeclaration", with("identifier", "SCORE", "cardinality", "single", "baseType", "float"), el("defaultValue", nil, el("value", nil, "0"))),
		el("outcomeDeclaration", with("identifier", "FEEDBACK", "cardinality", "multiple", "baseType", "identifier")),
		el("outcomeDeclaration", with("identifier", "ASIDE", "cardinality", "multiple", "baseType", "identifier")),
		i.body, el("responseProcessing", nil, append(i.scoring(), i.rules...)...))
	e.kids = append(e.kids, i.modal...)
	return e
}

// scoring gives the whole mark for the whole answer.
func (i *qtiItem) scoring() []any {
	match := func(id string) *element {
		return el("match", nil, el("variable", with("identifier", id)), el("correct", with("identifier", id)))
	}
	when := match(responses)
	if len(i.decls) > 1 {
		when = el("and", nil, match(responses), match(reasons))
	}
	out := []any{el("responseCondition", nil, el("responseIf", nil, when,
		el("setOutcomeValue", with("identifier", "SCORE"), el("baseValue", with("baseType", "float"), "1"))))}
	if i.q.Explain != "" {
		out = append(out, show(idExplain))
	}
	return out
}

// show adds an identifier to what is shown.
func show(id string) *element {
	return el("setOutcomeValue", with("identifier", "FEEDBACK"), el("multiple", nil,
		el("variable", with("identifier", "FEEDBACK")), el("baseValue", with("baseType", "identifier"), id)))
}

// when shows a feedback under a condition.
func (i *qtiItem) when(condition *element, id string) {
	i.rules = append(i.rules, el("responseCondition", nil, el("responseIf", nil, condition, show(id))))
}

// say adds a text under an identifier. Hints and worked example are never shown by the processing: they are asides.
func (i *qtiItem) say(id, text string) {
	if text == "" {
		return
	}
	outcome := "FEEDBACK"
	if id == idExample || len(id) > len(idHint) && id[:len(idHint)] == idHint {
		outcome = "ASIDE"
	}
	i.modal = append(i.modal, el("modalFeedback", with("outcomeIdentifier", outcome, "identifier", id, "showHide", "show"), text))
}

// declare says what a right response is.
func (i *qtiItem) declare(id, cardinality, base string, right []string) {
	correct := el("correctResponse", nil)
	for _, r := range right {
		correct.kids = append(correct.kids, el("value", nil, r))
	}
	i.decls = append(i.decls, el("responseDeclaration", with("identifier", id, "cardinality", cardinality, "baseType", base), correct))
}

func identifierValue(id string) *element { return el("baseValue", with("baseType", "identifier"), id) }

// chosen is true when a part is in the response.
func chosen(response, id string, single bool) *element {
	if single {
		return el("match", nil, el("variable", with("identifier", response)), identifierValue(id))
	}
	return el("member", nil, identifierValue(id), el("variable", with("identifier", response)))
}

func (i *qtiItem) choices(response string, options []curriculum.Option, single bool) {
	cardinality, most := "multiple", "0"
	if single {
		cardinality, most = "single", "1"
	}
	list := el("choiceInteraction", with("responseIdentifier", response, "shuffle", "true", "maxChoices", most))
	var right []string
	for _, o := range options {
		id := partID(o.Key)
		list.kids = append(list.kids, el("simpleChoice", with("identifier", id), o.Text))
		if o.Correct {
			right = append(right, id)
		}
		if o.Feedback != "" {
			i.say(id, o.Feedback)
			i.when(chosen(response, id, single), id)
		}
	}
	i.declare(response, cardinality, "identifier", right)
	i.body.kids = append(i.body.kids, list)
}

// trueFalse asks for the verdict first and then for its reason.
func (i *qtiItem) trueFalse() {
	verdict := "false"
	if i.q.Answer != nil && *i.q.Answer {
		verdict = "true"
	}
	i.declare(responses, "single", "identifier", []string{verdict})
	i.body.kids = append(i.body.kids, el("choiceInteraction", with("responseIdentifier", responses, "shuffle", "false", "maxChoices", "1"),
		el("simpleChoice", with("identifier", "true"), "Đúng"), el("simpleChoice", with("identifier", "false"), "Sai")))
	if i.q.WrongFeedback != "" {
		i.say(idWrong, i.q.WrongFeedback)
		i.when(el("not", nil, chosen(responses, verdict, true)), idWrong)
	}
	if len(i.q.Options) > 0 {
		i.choices(reasons, i.q.Options, true)
	}
}

func (i *qtiItem) order() {
	list := el("orderInteraction", with("responseIdentifier", responses, "shuffle", "true"))
	var right []string
	for n, o := range i.q.Options {
		id := partID(o.Key)
		right = append(right, id)
		list.kids = append(list.kids, el("simpleChoice", with("identifier", id), o.Text))
		if o.Feedback != "" {
			i.say(id, o.Feedback)
			i.when(el("not", nil, el("match", nil, el("index", with("n", itoa(n+1)), el("variable", with("identifier", responses))), identifierValue(id))), id)
		}
	}
	i.declare(responses, "ordered", "identifier", right)
	i.body.kids = append(i.body.kids, list)
}

func (i *qtiItem) match() {
	lefts, rights := el("simpleMatchSet", nil), el("simpleMatchSet", nil)
	choice := func(id, text string) *element {
		return el("simpleAssociableChoice", with("identifier", id, "matchMax", "1"), text)
	}
	var right []string
	for _, p := range i.q.Pairs {
		id, to := partID(p.Key), "R."+p.Key
		lefts.kids = append(lefts.kids, choice(id, p.Left))
		rights.kids = append(rights.kids, choice(to, p.Right))
		right = append(right, id+" "+to)
		if p.Feedback != "" {
			i.say(id, p.Feedback)
			i.when(el("not", nil, el("member", nil, el("baseValue", with("baseType", "directedPair"), id+" "+to), el("variable", with("identifier", responses)))), id)
		}
	}
	for _, o := range i.q.Extra {
		rights.kids = append(rights.kids, choice("X."+o.Key, o.Text))
	}
	i.declare(responses, "multiple", "directedPair", right)
	i.body.kids = append(i.body.kids, el("matchInteraction", with("responseIdentifier", responses, "shuffle", "true",
		"maxAssociations", itoa(len(i.q.Pairs))), lefts, rights))
}

// marks declares the signs and shows what was said of a sign missed or of a harmless part marked.
func (i *qtiItem) marks(options []curriculum.Option) {
	var right []string
	for _, o := range options {
		id := partID(o.Key)
		marked := chosen(responses, id, false)
		if o.Correct {
			right = append(right, id)
			marked = el("not", nil, marked)
		}
		if o.Feedback != "" {
			i.say(id, o.Feedback)
			i.when(marked, id)
		}
	}
	i.declare(responses, "multiple", "identifier", right)
}

func (i *qtiItem) message() {
	m := i.q.Message
	head := el("p", with("class", "nhaso-head"), el("strong", with("class", "nhaso-sender"), m.Sender), " ", el("span", with("class", "nhaso-time"), m.Time))
	text := el("hottextInteraction", with("responseIdentifier", responses, "maxChoices", "0", "class", "nhaso-message nhaso-"+m.Channel), head)
	for _, p := range m.Parts {
		text.kids = append(text.kids, el("p", nil, el("hottext", with("identifier", partID(p.Key)), p.Text)))
	}
	i.marks(spotOptions(i.q))
	i.body.kids = append(i.body.kids, text)
}

func (i *qtiItem) hotspots() {
	s := i.size
	object := el("object", with("type", i.image.Type, "data", "../media/"+i.image.Src, "width", itoa(s.w), "height", itoa(s.h)), i.q.Image.Alt)
	list := el("hotspotInteraction", with("responseIdentifier", responses, "maxChoices", "0"), object)
	px := func(percent float64, of int) string { return itoa(int(math.Round(percent * float64(of) / 100))) }
	for _, p := range i.q.Spots {
		list.kids = append(list.kids, el("hotspotChoice", with("identifier", partID(p.Key), "shape", "rect", "coords",
			px(p.X, s.w)+","+px(p.Y, s.h)+","+px(p.X+p.W, s.w)+","+px(p.Y+p.H, s.h), "hotspotLabel", p.Label)))
	}
	i.marks(spotOptions(i.q))
	i.body.kids = append(i.body.kids, list)
}
