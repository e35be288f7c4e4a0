package paper

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// SignIn is one pupil's sign-in card. PIN or Icons is given.
type SignIn struct {
	Name       string
	ClassName  string
	SchoolName string
	Username   string
	Password   string
	PIN        string   // four digits
	Icons      []string // keys of icons.json, in order
	Site       string   // address of the server as it is typed, without https://
	URL        string   // the sign-in page for the own telephone; goes into the QR code
	MadeAt     time.Time
}

// iconShapes are the pictures of class secrets as SVG paths of M, L, C and Z in
// a square of 24 units, drawn for this project. The web app has the same file.
//
//go:embed icons.json
var iconShapes []byte

var iconPaths = func() map[string]string {
	paths := map[string]string{}
	if err := json.Unmarshal(iconShapes, &paths); err != nil {
		panic(err) // the file is part of the program
	}
	return paths
}()

// iconNames are the pictures in words, as the web app says them.
var iconNames = map[string]string{
	"sun": "mặt trời", "moon": "mặt trăng", "star": "ngôi sao", "heart": "trái tim", "fish": "con cá", "boat": "con thuyền",
	"mountain": "ngọn núi", "house": "ngôi nhà", "tree": "cái cây", "flower": "bông hoa", "umbrella": "cái ô", "key": "chìa khóa",
}

// SignInCards writes the cards ten on a portrait A4 page with cutting lines.
func SignInCards(w io.Writer, list []SignIn) error {
	const columns, rows = 2, 5
	const x0, y0 = (a4Short - columns*cardWidth) / 2, (a4Long - rows*cardHeight) / 2
	var made time.Time
	for _, p := range list {
		if p.MadeAt.After(made) {
			made = p.MadeAt
		}
	}
	c := newCanvas(a4Short, a4Long, "Thẻ đăng nhập", made)
	for i, p := range list {
		at := i % (columns * rows)
		if at == 0 {
			c.AddPage()
		}
		if err := c.signIn(p, x0+float64(at%columns)*cardWidth, y0+float64(at/columns)*cardHeight); err != nil {
			return err
		}
		if at == columns*rows-1 || i == len(list)-1 {
			c.cuttingLines(x0, y0, columns, rows)
		}
	}
	return c.write(w)
}

// signIn draws one card with its top left corner at x, y.
func (c canvas) signIn(p SignIn, x, y float64) error {
	const qrSide = 20.0
	const inner = cardWidth - 8
	wide := cardWidth - qrSide - 8.0
	c.houseShape(x+3.6, y+2.6, 5.6, brand, gold)
	c.say("Thẻ đăng nhập Nhà Số", box{width: wide - 7, lines: 1, most: 7, least: 6, style: bold}, x+10, y+3.4, left, brand)
	const room = 9.6
	name := c.fit(p.Name, box{width: wide, lines: 2, most: 12.5, least: 7, style: bold, tall: room})
	c.put(name, x+4, y+8.8+(room-name.height())/2, left, bold, ink)
	c.say("Lớp "+p.ClassName+", "+p.SchoolName, box{width: wide, lines: 2, most: 6.5, least: 4.5, tall: 5.4}, x+4, y+18.6, left, muted)
	if err := c.qrCode(p.URL, x+cardWidth-qrSide-2, y+2, qrSide); err != nil {
		return err
	}
	c.say("Quét bằng máy của em", box{width: qrSide, lines: 1, most: 4.5, least: 4}, x+cardWidth-2-qrSide/2, y+22, centre, muted)
	c.schoolSide(p, x+4, y+25.4, inner)
	c.phoneSide(p, x+4, y+38.6, inner)
	c.say("Giữ kín thẻ như chìa khóa nhà. Mất thẻ thì báo thầy cô: thẻ mới in ra, thẻ cũ hết dùng được ngay.",
		box{width: inner, lines: 1, most: 5, least: 3.6}, x+4, y+49.6, left, muted)
	return nil
}

// schoolSide is the box for the computers of the school: three steps and the
// class secret.
func (c canvas) schoolSide(p SignIn, x, y, width float64) {
	const height, secretWidth = 12.2, 32.0
	c.fill(pale)
	c.RoundedRect(x, y, width, height, 1.4, "1234", "F")
	steps := width - secretWidth - 4
	at := c.say("Ở máy của trường: "+p.Site+"/join", box{width: steps, lines: 1, most: 6, least: 3.6, style: bold}, x+1.6, y+1, left, ink)
	for i, step := range []string{"Gõ mã trên bảng", "Chọn lớp, chọn tên em", "Nhập mã bên phải"} {
		at = c.say(fmt.Sprintf("%d. %s", i+1, step), box{width: steps, lines: 1, most: 6, least: 4.5}, x+1.6, at-0.1, left, ink)
	}
	middle := x + width - secretWidth/2 - 0.8
	c.fill(white)
	c.RoundedRect(x+width-secretWidth-0.8, y+0.8, secretWidth, height-1.6, 1, "1234", "F")
	if p.PIN != "" {
		c.say(strings.Join(strings.Split(p.PIN, ""), " "), box{width: secretWidth - 2, lines: 1, most: 19, least: 12, style: bold}, middle, y+1.7, centre, ink)
		return
	}
	words := make([]string, len(p.Icons))
	const side = 6.4
	left := middle - (float64(len(p.Icons))*(side+2)-2)/2
	for i, key := range p.Icons {
		c.icon(key, left+float64(i)*(side+2), y+1.2, side, ink)
		words[i] = iconNames[key]
	}
	c.say(strings.Join(words, " · "), box{width: secretWidth - 1, lines: 1, most: 5, least: 3.6}, middle, y+8.4, centre, ink)
}

// phoneSide is the line for the own telephone.
func (c canvas) phoneSide(p SignIn, x, y, width float64) {
	half := width / 2
	c.say("Ở điện thoại của em: "+p.Site, box{width: width, lines: 1, most: 6, least: 3.6, style: bold}, x, y, left, ink)
	c.say("Tên đăng nhập", box{width: half, lines: 1, most: 5, least: 4}, x, y+3, left, muted)
	c.say(p.Username, box{width: half + 6, lines: 1, most: 11, least: 5, style: bold}, x, y+5, left, ink)
	c.say("Mật khẩu lần đầu", box{width: half - 10, lines: 1, most: 5, least: 4}, x+half+10, y+3, left, muted)
	c.say(p.Password, box{width: half - 10, lines: 1, most: 11, least: 6, style: bold}, x+half+10, y+5, left, ink)
}

// icon fills one picture in a square of size mm; an unknown key draws nothing.
func (c canvas) icon(key string, x, y, size float64, k colour) {
	u := size / 24
	c.fill(k)
	for _, step := range pathSteps(iconPaths[key]) {
		p := step.at
		for i := range p {
			p[i] = p[i]*u + []float64{x, y}[i%2]
		}
		switch step.verb {
		case 'M':
			c.MoveTo(p[0], p[1])
		case 'L':
			c.LineTo(p[0], p[1])
		case 'C':
			c.CurveBezierCubicTo(p[0], p[1], p[2], p[3], p[4], p[5])
		case 'Z':
			c.ClosePath()
		}
	}
	c.DrawPath("F*")
}

// pathStep is one command of an SVG path with its numbers.
type pathStep struct {
	verb byte
	at   []float64
}

// pathSteps reads the paths of icons.json, which know absolute M, L, C and Z.
func pathSteps(path string) []pathStep {
	var steps []pathStep
	for i := 0; i < len(path); {
		end := i + 1
		for end < len(path) && !strings.ContainsRune("MLCZ", rune(path[end])) {
			end++
		}
		s := pathStep{verb: path[i]}
		for word := range strings.FieldsSeq(path[i+1 : end]) {
			if n, err := strconv.ParseFloat(word, 64); err == nil {
				s.at = append(s.at, n)
			}
		}
		steps, i = append(steps, s), end
	}
	return steps
}
