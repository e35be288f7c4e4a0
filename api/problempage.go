package api

import (
	"html"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"nhaso/models"
)

// explanation says in two languages what a problem code means and what to do.
type explanation struct{ vi, en string }

// explanations has a page for every kind and for the codes that a person may
// meet. Codes of single fields belong to the form that shows them.
var explanations = map[string]explanation{
	"invalid":                {"Dữ liệu gửi lên chưa đúng. Xem từng chỗ được đánh dấu, sửa rồi gửi lại.", "What was sent is not right. Look at the places marked, mend them and send again."},
	"unauthenticated":        {"Bạn cần đăng nhập, hoặc tên và mật khẩu chưa đúng.", "Sign in first, or the name and password do not match."},
	"second_factor_required": {"Tài khoản này cần thêm mã xác thực từ ứng dụng.", "This account also needs the code from the authenticator app."},
	"forbidden":              {"Vai trò của bạn không được làm việc này.", "Your role may not do this."},
	"cross_origin":           {"Yêu cầu đến từ một trang web khác nên bị từ chối.", "The request came from another web site and was refused."},
	"not_found":              {"Không tìm thấy, hoặc không thuộc phạm vi của bạn.", "It does not exist, or it is outside what you look after."},
	"conflict":               {"Dữ liệu đã thay đổi trong lúc bạn làm. Tải lại rồi thử lại.", "The data changed meanwhile. Load it again and retry."},
	"attempt_open":           {"Bạn đang có một bài làm chưa nộp của khoá này. Hãy làm tiếp bài đó.", "You already have an open attempt of this course. Go on with that one."},
	"out_of_date":            {"Bài đang được làm trên một thiết bị hay cửa sổ khác. Tải lại để thấy câu trả lời mới nhất.", "The attempt goes on in another window or device. Load it again to see the latest answers."},
	"closed":                 {"Đã hết thời gian cho việc này. Những gì đã lưu vẫn còn.", "The window for it is over. What was saved is kept."},
	"locked":                 {"Nhập sai quá nhiều lần. Tài khoản tạm khoá một lúc rồi tự mở.", "Too many wrong tries. The account is locked for a while and opens by itself."},
	"too_many_requests":      {"Quá nhiều yêu cầu. Chờ một chút rồi thử lại.", "Too many requests. Wait a little and try again."},
	"too_large":              {"Tệp hoặc danh sách quá lớn.", "The file or list is too large."},
	"unavailable":            {"Máy chủ đang bận. Chưa có gì bị ghi dở; hãy thử lại sau.", "The server is busy. Nothing was half written; try again later."},
	"timeout":                {"Máy chủ trả lời quá lâu. Hãy thử lại.", "The answer took too long. Try again."},
	"schema_behind":          {"Cơ sở dữ liệu cũ hơn chương trình. Người vận hành cần chạy nhaso migrate.", "The database is older than the program. The operator has to run nhaso migrate."},
	"database_unreachable":   {"Không kết nối được cơ sở dữ liệu.", "The database does not answer."},
	"token_reused":           {"Phiên đăng nhập này đã được dùng ở nơi khác nên bị kết thúc. Hãy đăng nhập lại.", "This session was used elsewhere and was ended. Sign in again."},
	"internal":               {"Có lỗi ở phía máy chủ. Hãy báo mã yêu cầu (request id) cho người vận hành.", "Something went wrong on the server. Tell the operator the request id."},
}

// problemPage explains one code, first in Vietnamese. It is plain HTML, so that
// it works without the web app.
func problemPage(c *gin.Context) {
	code := c.Param("code")
	e, ok := explanations[code]
	if !ok {
		refuse(c, models.NotFound())
		return
	}
	vi := `<section lang="vi"><h1>` + html.EscapeString(e.vi) + `</h1></section>`
	en := `<section lang="en"><h1>` + html.EscapeString(e.en) + `</h1></section>`
	parts := []string{vi, en}
	lang := "vi"
	if strings.HasPrefix(c.GetHeader("Accept-Language"), "en") {
		slices.Reverse(parts)
		lang = "en"
	}
	c.Header("Cache-Control", revalidate)
	c.Header("Vary", "Accept-Language")
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(`<!doctype html><html lang="`+lang+`"><meta charset="utf-8">`+
		`<meta name="viewport" content="width=device-width"><title>`+html.EscapeString(code)+`</title><main>`+
		parts[0]+parts[1]+`<p><code>`+html.EscapeString(code)+`</code></p><p><a href="/">Nhà Số</a></p></main></html>`))
}
