package bank

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
)

// moodleFile looks like an export of Moodle 4: a category, comments, CDATA, types that we have and types that we do not.
const moodleFile = `<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<!-- question: 0  -->
  <question type="category">
    <category><text>$course$/top/Tin học 7</text></category>
    <info format="moodle_auto_format"><text></text></info>
    <idnumber></idnumber>
  </question>

<!-- question: 1180  -->
  <question type="multichoice">
    <name><text>Mật khẩu mạnh</text></name>
    <questiontext format="html">
      <text><![CDATA[<p dir="ltr" style="text-align: left;">Mật khẩu nào <b>khó đoán</b>?<br></p><script>alert(1)</script>]]></text>
    </questiontext>
    <generalfeedback format="html"><text><![CDATA[<p>Càng dài càng khó đoán.</p>]]></text></generalfeedback>
    <defaultgrade>1.0000000</defaultgrade>
    <penalty>0.3333333</penalty>
    <hidden>0</hidden>
    <idnumber></idnumber>
    <single>true</single>
    <shuffleanswers>true</shuffleanswers>
    <answernumbering>abc</answernumbering>
    <showstandardinstruction>0</showstandardinstruction>
    <correctfeedback format="html"><text>Đúng rồi.</text></correctfeedback>
    <shownumcorrect/>
    <answer fraction="100" format="html"><text><![CDATA[<p>mua-xuan-tren-ban-cao</p>]]></text><feedback format="html"><text></text></feedback></answer>
    <answer fraction="50" format="html"><text><![CDATA[<p>Abc@1234&nbsp;</p>]]></text><feedback format="html"><text><![CDATA[<p>Kiểu này máy thử ra ngay.</p>]]></text></feedback></answer>
    <answer fraction="0" format="html"><text>123456</text><feedback format="html"><text></text></feedback></answer>
    <hint format="html"><text><![CDATA[<p>Đếm số ký tự.</p>]]></text><shownumcorrect/></hint>
    <tags><tag><text>mật khẩu</text></tag></tags>
  </question>

  <question type="truefalse">
    <name><text>OTP</text></name>
    <questiontext format="html"><text>Có thể đọc mã OTP cho bạn thân.</text></questiontext>
    <generalfeedback format="html"><text></text></generalfeedback>
    <answer fraction="0" format="moodle_auto_format"><text>true</text><feedback format="html"><text>Mã chỉ dành cho em.</text></feedback></answer>
    <answer fraction="100" format="moodle_auto_format"><text>false</text><feedback format="html"><text></text></feedback></answer>
  </question>

  <question type="matching">
    <name><text>Nối</text></name>
    <questiontext format="html"><text>Nối số điện thoại với việc.</text></questiontext>
    <shuffleanswers>true</shuffleanswers>
    <subquestion format="html"><text><![CDATA[<p>111</p>]]></text><answer><text>Bảo vệ trẻ em</text></answer></subquestion>
    <subquestion format="html"><text><![CDATA[<p>114</p>]]></text><answer><text>Chữa cháy</text></answer></subquestion>
    <subquestion format="html"><text></text><answer><text>Xem giờ</text></answer></subquestion>
  </question>

  <question type="ordering">
    <name><text>Thứ tự</text></name>
    <questiontext format="html"><text>Sắp các bước.</text></questiontext>
    <layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><selectcount>0</selectcount><gradingtype>ABSOLUTE_POSITION</gradingtype>
    <answer fraction="2.0000000" format="html"><text>Báo người lớn</text></answer>
    <answer fraction="1.0000000" format="html"><text>Dừng lại</text></answer>
    <answer fraction="3.0000000" format="html"><text>Giữ bằng chứng</text></answer>
  </question>

  <question type="essay"><name><text>Viết đoạn</text></name><questiontext format="html"><text>Kể lại.</text></questiontext></question>
  <question type="numerical"><name><text>Tính</text></name><questiontext format="html"><text>2+2</text></questiontext><answer fraction="100"><text>4</text></answer></question>
  <question type="cloze"><questiontext format="html"><text>{1:SHORTANSWER:=x}</text></questiontext></question>
</quiz>
`

func reasonsOf(list []Note) (out []string) {
	for _, n := range list {
		out = append(out, n.Reason+":"+n.Detail)
	}
	return out
}

func TestMoodleExportIsRead(t *testing.T) {
	set, err := Read(Moodle, []byte(moodleFile))
	require.NoError(t, err)
	require.Equal(t, []string{"type_unsupported:essay", "type_unsupported:numerical", "type_unsupported:cloze"}, reasonsOf(set.Skipped))
	require.Equal(t, "line 60: Viết đoạn", set.Skipped[0].Where)
	require.Equal(t, []string{"markup_dropped:", "feedback_dropped:", "weights_dropped:", "feedback_missing:", "feedback_missing:", "feedback_missing:"}, sortedHead(reasonsOf(set.Notes), 6))
	require.Len(t, set.Questions, 4)

	q := set.Questions[0]
	require.Equal(t, "mat-khau-manh", q.Key)
	require.Equal(t, "single", q.Kind)
	require.Equal(t, "Mật khẩu nào <strong>khó đoán</strong>?", q.Stem)
	require.Equal(t, "Càng dài càng khó đoán.", q.Explain)
	require.Equal(t, []string{"Đếm số ký tự."}, q.Hints)
	require.Equal(t, "practice", q.Use)
	require.Equal(t, []curriculum.Option{
		{Key: "a", Text: "mua-xuan-tren-ban-cao", Correct: true},
		{Key: "b", Text: "Abc@1234", Feedback: "Kiểu này máy thử ra ngay."},
		{Key: "c", Text: "123456"},
	}, q.Options)
	require.Equal(t, []string{"objective_missing", "difficulty_missing", "feedback_missing"}, Problems(&q))

	require.False(t, *set.Questions[1].Answer)
	require.Equal(t, "Mã chỉ dành cho em.", set.Questions[1].WrongFeedback)
	require.Contains(t, Problems(&set.Questions[1]), "reasons_missing")
	require.Equal(t, "Bảo vệ trẻ em", set.Questions[2].Pairs[0].Right)
	require.Equal(t, "Xem giờ", set.Questions[2].Extra[0].Text)
	require.Equal(t, "Dừng lại", set.Questions[3].Options[0].Text)

	for _, f := range Formats { // a stranger's questions are stable from then on
		roundTrip(t, f, set.Questions, nil)
	}
}

// sortedHead keeps the test readable where the order of notes is not the point.
func sortedHead(list []string, n int) []string { return list[:min(n, len(list))] }

// giftFile has what teachers write by hand and what Moodle writes.
const giftFile = `// question: 0  name: Switch category to $course$/top/Mặc định
$CATEGORY: $course$/top/Mặc định

// question: 12  name: Câu 1
// [id:bao-mat-1] [tag:lop7]
::Câu 1::[html]<p>Ai giữ <em>mật khẩu</em>?</p>{
	=Chỉ em#Đúng
	~Bạn thân#Bạn thân cũng có lúc lỡ lời.
	~%-50%Cả lớp
}

Gõ hai số\: 3\=3, dấu \{ và \~ là ký tự.{T#Sai rồi#Đúng####Chỉ là ký tự.}

::Nối::Nối cho đúng.{=111 -> trẻ em =114 -> cháy
 =113 -> công an}

Chọn hai.{~%50%Một ~%50%Hai ~%-100%Ba}

Dấu {~không =có} ở giữa câu.

::Tự luận::Em nghĩ gì?{}

Năm nào?{#2026:1}

Thủ đô?{=Hà Nội =Ha Noi}

Chỉ là lời dẫn.

Thiếu ngoặc {=a ~b

Hai chỗ {=a ~b} và {=c ~d}.

Xếp{>3 ALL VERTICAL ABSOLUTE_POSITION SHOW
Một
Hai
Ba
}
`

func TestGIFTIsRead(t *testing.T) {
	set, err := Read(GIFT, []byte(giftFile))
	require.NoError(t, err)
	require.Equal(t, []string{"type_unsupported:essay", "type_unsupported:numerical", "type_unsupported:shortanswer", "type_unsupported:description",
		"braces:", "several_answers:"}, reasonsOf(set.Skipped))
	require.Equal(t, "line 21: Tự luận", set.Skipped[0].Where)
	require.Len(t, set.Questions, 6)
	q := set.Questions[0]
	require.Equal(t, "bao-mat-1", q.Key)
	require.Equal(t, "Ai giữ <em>mật khẩu</em>?", q.Stem)
	require.Equal(t, "Bạn thân cũng có lúc lỡ lời.", q.Options[1].Feedback)
	require.True(t, q.Options[0].Correct)
	require.Equal(t, "Gõ hai số: 3=3, dấu { và ~ là ký tự.", set.Questions[1].Stem)
	require.True(t, *set.Questions[1].Answer)
	require.Equal(t, "Chỉ là ký tự.", set.Questions[1].Explain)
	require.Equal(t, "công an", set.Questions[2].Pairs[2].Right)
	require.Equal(t, "multiple", set.Questions[3].Kind)
	require.Equal(t, "Dấu _____ ở giữa câu.", set.Questions[4].Stem)
	require.Equal(t, "order", set.Questions[5].Kind)
	for _, f := range Formats {
		roundTrip(t, f, set.Questions, nil)
	}
}

// taoItem looks like an item of TAO: QTI 2.2, CDATA values, a template for the processing.
const taoItem = `<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  identifier="i60a1" title="Chọn trang thật" label="Chọn trang thật" xml:lang="vi-VN" adaptive="false" timeDependent="false" toolName="TAO" toolVersion="3.4">
  <responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
    <correctResponse><value><![CDATA[choice_2]]></value></correctResponse>
  </responseDeclaration>
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
  <itemBody>
    <div class="grid-row"><div class="col-12">
      <p>Đọc kỹ rồi chọn.</p>
      <choiceInteraction responseIdentifier="RESPONSE" shuffle="false" maxChoices="1" minChoices="1" orientation="vertical">
        <prompt>Trang nào là của <strong>nhà nước</strong>?</prompt>
        <simpleChoice identifier="choice_1" fixed="false" showHide="show">nha-nuoc.test</simpleChoice>
        <simpleChoice identifier="choice_2" fixed="false" showHide="show">dichvucong.gov.vn</simpleChoice>
      </choiceInteraction>
    </div></div>
  </itemBody>
  <responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>
</assessmentItem>`

// modernItem is an item of QTI 3.0 with another name for everything.
const modernItem = `<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="it-2" title="Sắp bước" time-dependent="false">
  <qti-response-declaration identifier="RESPONSE" cardinality="ordered" base-type="identifier">
    <qti-correct-response><qti-value>B</qti-value><qti-value>A</qti-value><qti-value>C</qti-value></qti-correct-response>
  </qti-response-declaration>
  <qti-item-body>
    <qti-order-interaction response-identifier="RESPONSE" shuffle="true">
      <qti-prompt>Sắp cho đúng.</qti-prompt>
      <qti-simple-choice identifier="A">Hai</qti-simple-choice>
      <qti-simple-choice identifier="B">Một</qti-simple-choice>
      <qti-simple-choice identifier="C">Ba</qti-simple-choice>
    </qti-order-interaction>
  </qti-item-body>
</qti-assessment-item>`

const essayItem = `<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="e" title="Viết"><itemBody><extendedTextInteraction responseIdentifier="R"/></itemBody></assessmentItem>`

// classicItem is QTI 1.2, as older systems write it.
const classicItem = `<?xml version="1.0"?><questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><assessment ident="a"><section ident="s">
<item ident="g1" title="Q"><presentation/></item><item ident="g2" title="Q"><presentation/></item></section></assessment></questestinterop>`

func zipped(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		require.NoError(t, err)
		_, err = w.Write([]byte(pairs[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestQTIPackagesAreRead(t *testing.T) {
	manifest := `<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M"><resources>
		<resource identifier="r1" type="imsqti_item_xmlv2p2" href="items/i60a1/qti.xml"/><resource identifier="r2" type="imsqti_item_xmlv3p0" href="b.xml"/>
		<resource identifier="r3" type="imsqti_item_xmlv2p1" href="c.xml"/><resource identifier="r4" type="imsqti_item_xmlv2p1" href="gone.xml"/>
		<resource identifier="t" type="imsqti_test_xmlv2p1" href="test.xml"/><resource identifier="w" type="webcontent" href="x.css"/></resources></manifest>`
	set, err := Read(QTI, zipped(t, "imsmanifest.xml", manifest, "items/i60a1/qti.xml", taoItem, "b.xml", modernItem, "c.xml", essayItem, "test.xml", "<assessmentTest/>", "x.css", "p{}"))
	require.NoError(t, err)
	require.Equal(t, []string{"type_unsupported:extendedTextInteraction", "file_missing:"}, reasonsOf(set.Skipped))
	require.Len(t, set.Questions, 2)
	q := set.Questions[0]
	require.Equal(t, "chon-trang-that", q.Key)
	require.Equal(t, "Đọc kỹ rồi chọn.<br>Trang nào là của <strong>nhà nước</strong>?", q.Stem)
	require.True(t, q.Options[1].Correct)
	require.Equal(t, "Một", set.Questions[1].Options[0].Text)
	for _, f := range Formats {
		roundTrip(t, f, set.Questions, nil)
	}

	set, err = Read(QTI, []byte(classicItem))
	require.NoError(t, err)
	require.Equal(t, []string{"qti_1:", "qti_1:"}, reasonsOf(set.Skipped))
	require.Equal(t, "file: g1", set.Skipped[0].Where)

	set, err = Read(QTI, zipped(t, "a.xml", taoItem)) // without a manifest
	require.NoError(t, err)
	require.Len(t, set.Questions, 1)
}
