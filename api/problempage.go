package api

import (
	"html"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"nhaso/models"
)

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
