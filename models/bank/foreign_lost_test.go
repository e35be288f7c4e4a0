package bank

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// itemOf is an item of QTI 2.1 with one choice, of which A is right.
func itemOf(attributes, declarations, text, after string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="T" ` + attributes + `>` +
		`<responseDeclaration identifier="R" cardinality="single" baseType="identifier"><correctResponse><value>A</value></correctResponse></responseDeclaration>` +
		declarations + `<itemBody>` + text + `<choiceInteraction responseIdentifier="R" maxChoices="1"><prompt>Chọn.</prompt>` +
		`<simpleChoice identifier="A">một<feedbackInline outcomeIdentifier="F" identifier="A">Đúng.</feedbackInline></simpleChoice>` +
		`<simpleChoice identifier="B">hai</simpleChoice></choiceInteraction></itemBody>` + after + `</assessmentItem>`
}

// Feedback within the text would tell the answer before it is given; what finds no place is told of.
func TestFeedbackOfOthersIsShownOrTold(t *testing.T) {
	inText := `<p>Thủ đô?<feedbackInline outcomeIdentifier="F" identifier="right">Hà Nội!</feedbackInline></p>` +
		`<feedbackBlock outcomeIdentifier="F" identifier="wrong"><p>Không phải.</p></feedbackBlock>`
	after := `<modalFeedback identifier="B" outcomeIdentifier="F">Số hai sai.</modalFeedback>` +
		`<modalFeedback identifier="true" outcomeIdentifier="S1">Chung một.</modalFeedback><modalFeedback identifier="true" outcomeIdentifier="S2">Chung hai.</modalFeedback>`
	for _, text := range []string{itemOf("", "", inText, after), strings.NewReplacer("feedbackInline", "qti-feedback-inline", "feedbackBlock", "qti-feedback-block",
		"modalFeedback", "qti-modal-feedback", "assessmentItem", "qti-assessment-item", "itemBody", "qti-item-body").Replace(itemOf("", "", inText, after))} {
		set, err := Read(QTI, []byte(text))
		require.NoError(t, err)
		require.Len(t, set.Questions, 1)
		q := set.Questions[0]
		require.NotContains(t, q.Stem, "Hà Nội")
		require.NotContains(t, q.Stem, "Không phải")
		require.Contains(t, q.Stem, "Thủ đô?")
		require.Equal(t, []string{"Đúng.", "Số hai sai."}, []string{q.Options[0].Feedback, q.Options[1].Feedback})
		require.ElementsMatch(t, []string{"feedback_dropped:true", "feedback_dropped:true", "feedback_dropped:right", "feedback_dropped:wrong"}, reasonsOf(set.Notes))
	}
}

// An item that draws its numbers, or goes on after an answer, is another question each time: its text alone is none.
func TestItemsThatChangeAreNotRead(t *testing.T) {
	for detail, text := range map[string]string{
		"templateProcessing": itemOf("", `<templateDeclaration identifier="n" cardinality="single" baseType="integer"/><templateProcessing/>`, `<p><printedVariable identifier="n"/> + 1 = ?</p>`, ""),
		"adaptive":           itemOf(`adaptive="true"`, "", "<p>?</p>", ""),
	} {
		set, err := Read(QTI, []byte(text))
		require.NoError(t, err)
		require.Equal(t, []string{"type_unsupported:" + detail}, reasonsOf(set.Skipped))
	}
}

func TestReferencesAreWebAddresses(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"imsmanifest.xml": `<manifest><resources><resource identifier="r" type="imsqti_item_xmlv2p1" href="c%C3%A2u%20m%E1%BB%99t.xml"/></resources></manifest>`,
		"câu một.xml":     itemOf("", "", "<p>Hỏi?</p>", ""),
	} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	set, err := Read(QTI, b.Bytes())
	require.NoError(t, err)
	require.Empty(t, set.Skipped)
	require.Len(t, set.Questions, 1)
}

// Two exports put together into one file, and a picture as Moodle 1.9 kept it.
func TestMoodleFilesThatLoseSomething(t *testing.T) {
	_, err := Read(Moodle, []byte(moodleFile+"\n<quiz><question type=\"essay\"/></quiz>\n"))
	require.Equal(t, "not_xml", refusalOf(err).Fields[0].Code)
	require.Equal(t, "line 65", refusalOf(err).Fields[0].Location)

	old := strings.Replace(moodleFile, `<defaultgrade>`, `<image>cong.png</image><image_base64>iVBORw0KGgo=</image_base64><defaultgrade>`, 1)
	set, err := Read(Moodle, []byte(old))
	require.NoError(t, err)
	require.Contains(t, reasonsOf(set.Notes), "picture_dropped:cong.png")

	set, err = Read(GIFT, []byte("::a:: "+strings.Repeat("dài ", maxText)+" {=b ~c}"))
	require.NoError(t, err)
	require.Equal(t, []string{"text_too_long:"}, reasonsOf(set.Skipped))
}
