package paper

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// school90 has 90 characters.
const school90 = "Trường Phổ thông Dân tộc Nội trú Trung học cơ sở và Trung học phổ thông huyện đảo Vân Đồn I"

var day = time.Date(2026, 11, 30, 18, 30, 0, 0, time.UTC) // 1 December in Viet Nam

func sample(name, school string) Confirmation {
	p := Confirmation{
		HolderName: name, ClassName: "7A", SchoolName: school, Code: "7KQM29XDA3",
		VerifyURL: "https://nhaso.quangninh.edu.vn/verify/7KQM29XDA3", RuleVersion: 1, IssuedAt: day,
	}
	for i, key := range []string{"public_services", "online_shopping", "online_payment", "self_protection", "local_platforms"} {
		p.Skills = append(p.Skills, Skill{key, day.AddDate(0, 0, i-4)})
	}
	return p
}

// samples are the names that layouts break on.
func samples() map[string]Confirmation {
	long := sample("Nguyễn Hoàng Phương Quỳnh Như Ánh Tuyết Thùy Dương", "Trường THCS Ba Chẽ")
	royal := sample("Công Tằng Tôn Nữ Huyền Trân Nguyễn Phúc Bảo Ngọc", school90)
	royal.RuleVersion = 2
	one := sample("Phúc", "Trường THCS Lê Văn Tám")
	revoked := sample("Trần Thị Bích", "Trường THCS Trọng Điểm")
	revoked.Revoked = true
	adult := sample("Bà Trần Thị Kiểm", "")
	adult.ClassName = ""
	return map[string]Confirmation{"long": long, "royal": royal, "one": one, "revoked": revoked, "adult": adult}
}

// tool answers the path of a program of poppler-utils. Where the tests must
// run in full its absence is a failure.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("NHASO_TEST_MYSQL_REQUIRED") != "" {
		t.Fatalf("%s is missing: install poppler-utils", name)
	}
	t.Skipf("%s is missing: install poppler-utils", name)
	return ""
}

// picture renders the first page.
func picture(t *testing.T, pdf []byte, dpi string) image.Image {
	t.Helper()
	dir := t.TempDir()
	in := filepath.Join(dir, "in.pdf")
	require.NoError(t, os.WriteFile(in, pdf, 0o600))
	out, err := exec.Command(tool(t, "pdftoppm"), "-r", dpi, "-png", "-gray", "-f", "1", "-l", "1", "-singlefile", in, filepath.Join(dir, "out")).CombinedOutput()
	require.NoError(t, err, string(out))
	f, err := os.Open(filepath.Join(dir, "out.png"))
	require.NoError(t, err)
	defer f.Close()
	img, err := png.Decode(f)
	require.NoError(t, err)
	return img
}

// differing is the share of pixels that are plainly unlike, 0..1; 1 for
// pictures of different size.
func differing(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 1
	}
	size, n := a.Bounds(), 0
	for y := range size.Dy() {
		for x := range size.Dx() {
			p, _, _, _ := a.At(x, y).RGBA()
			q, _, _, _ := b.At(x, y).RGBA()
			if d := int(p>>8) - int(q>>8); d > 60 || d < -60 {
				n++
			}
		}
	}
	return float64(n) / float64(size.Dx()*size.Dy())
}

// tolerance lets versions of the renderer differ in a few edges; one letter
// of the holder's name is more than that (TestGoldenPicturesCanFail).
const tolerance = 0.0003

// forms are the ways to print, with the resolution of their pictures.
var forms = map[string]struct {
	dpi  string
	draw func(Confirmation) ([]byte, error)
}{
	"a4": {"60", func(p Confirmation) ([]byte, error) {
		var b bytes.Buffer
		err := A4(&b, []Confirmation{p})
		return b.Bytes(), err
	}},
	"card": {"150", func(p Confirmation) ([]byte, error) {
		var b bytes.Buffer
		err := Card(&b, p)
		return b.Bytes(), err
	}},
}

func TestGoldenPictures(t *testing.T) {
	for name, p := range samples() {
		for form, f := range forms {
			t.Run(name+" "+form, func(t *testing.T) {
				pdf, err := f.draw(p)
				require.NoError(t, err)
				compare(t, name+"-"+form+".png", picture(t, pdf, f.dpi))
			})
		}
	}
	t.Run("sheet of cards", func(t *testing.T) {
		var list []Confirmation
		for range 3 {
			for _, name := range []string{"long", "royal", "one", "revoked"} {
				list = append(list, samples()[name])
			}
		}
		var b bytes.Buffer
		require.NoError(t, Cards(&b, list))
		compare(t, "cards.png", picture(t, b.Bytes(), "60"))
		assert.Equal(t, 2, bytes.Count(b.Bytes(), []byte("/Type /Page\n")), "ten on the first page, two on the second")
	})
}

func compare(t *testing.T, name string, got image.Image) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		f, err := os.Create(path)
		require.NoError(t, err)
		defer f.Close()
		require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, sixteenGreys(got)))
		return
	}
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	want, err := png.Decode(f)
	require.NoError(t, err)
	assert.LessOrEqual(t, differing(want, got), tolerance, "%s: run `go test ./models/paper -update` and look at the picture", name)
}

// sixteenGreys keeps a golden picture small; the comparison looks for coarser
// differences.
func sixteenGreys(img image.Image) image.Image {
	var greys color.Palette
	for i := range 16 {
		greys = append(greys, color.Gray{uint8(i * 17)})
	}
	out := image.NewPaletted(img.Bounds(), greys)
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out
}

// One wrong mark in a name is seen by the comparison.
func TestGoldenPicturesCanFail(t *testing.T) {
	for form, f := range forms {
		right, err := f.draw(sample("Phúc", "Trường THCS"))
		require.NoError(t, err)
		wrong, err := f.draw(sample("Phục", "Trường THCS"))
		require.NoError(t, err)
		other, err := f.draw(sample("Phức", "Trường THCS"))
		require.NoError(t, err)
		a := picture(t, right, f.dpi)
		assert.Zero(t, differing(a, a))
		assert.Positive(t, differing(a, picture(t, wrong, f.dpi)), form)
		assert.Positive(t, differing(a, picture(t, other, f.dpi)), form)
	}
	a := picture(t, must(forms["a4"].draw(sample("Nguyễn Hoàng Phương", "Trường THCS"))), "60")
	b := picture(t, must(forms["a4"].draw(sample("Nguyễn Hoàng Phượng", "Trường THCS"))), "60")
	c := picture(t, must(forms["a4"].draw(sample("Nguyen Hoang Phuong", "Trường THCS"))), "60")
	assert.Positive(t, differing(a, b))
	assert.Greater(t, differing(a, c), tolerance, "a name without its marks is another picture")
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// What the eye reads can be copied and searched as the same letters.
func TestTextOfThePages(t *testing.T) {
	for name, p := range samples() {
		for form, f := range forms {
			pdf := must(f.draw(p))
			in := filepath.Join(t.TempDir(), "in.pdf")
			require.NoError(t, os.WriteFile(in, pdf, 0o600))
			out, err := exec.Command(tool(t, "pdftotext"), "-raw", in, "-").Output()
			require.NoError(t, err)
			text := strings.Join(strings.Fields(string(out)), " ")
			for _, word := range strings.Fields(p.HolderName + " " + p.SchoolName) {
				assert.Contains(t, text, word, "%s %s", name, form)
			}
			assert.Contains(t, text, "7KQM-29XD-A3")
			assert.Contains(t, text, "GIẤY XÁC NHẬN HOÀN THÀNH")
			assert.Contains(t, text, "Theo quy tắc")
			assert.Equal(t, p.Revoked, strings.Contains(text, "THU HỒI"), "%s %s", name, form)
			for _, reserved := range []string{"chứng chỉ", "văn bằng", "Chứng chỉ", "CHỨNG CHỈ", "Cộng hòa", "Cộng hoà"} {
				assert.NotContains(t, text, reserved)
			}
			if p.SchoolName == "" {
				for _, pupils := range []string{"nhà trường", "Xác nhận em", "Lớp", "học sinh"} {
					assert.NotContains(t, text, pupils, form)
				}
			}
			if form == "a4" {
				assert.Contains(t, text, "Ngày 1 tháng 12 năm 2026")
				assert.Contains(t, text, "01/12/2026") // of the last skill
			}
		}
	}
}

func TestSamePaperIsTheSameFile(t *testing.T) {
	for form, f := range forms {
		p := samples()["royal"]
		first := must(f.draw(p))
		for range 3 {
			assert.True(t, bytes.Equal(first, must(f.draw(p))), form)
		}
		p.HolderName = "Khác"
		assert.False(t, bytes.Equal(first, must(f.draw(p))), form)
		assert.Less(t, len(first), 60_000, form)
	}
}

// The code on an A4 page, without its quiet zone, is at least 25 mm wide even
// for the shortest address, which makes the fewest and largest modules.
func TestQRIsLargeEnoughOnA4(t *testing.T) {
	const fewest = 21 // modules of version 1
	assert.GreaterOrEqual(t, qrOnA4*fewest/(fewest+2*quiet), 25.0)
}

// Letters that come apart (NFD, as some phones write them) print as one.
func TestDecomposedNames(t *testing.T) {
	composed := must(forms["a4"].draw(sample("Nguyễn Thị Ánh", "Trường THCS")))
	apart := must(forms["a4"].draw(sample("Nguye\u0302\u0303n Thi\u0323 A\u0301nh", "Trường THCS")))
	assert.True(t, bytes.Equal(composed, apart))
}
