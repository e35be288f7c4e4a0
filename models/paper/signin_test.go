package paper

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func signInSample(i int) SignIn {
	names := []string{"Nguyễn Thị Hồng Ánh", "Công Tằng Tôn Nữ Huyền Trân Nguyễn Phúc Bảo Ngọc", "Phúc", "Lê Văn An"}
	p := SignIn{Name: names[i%4], ClassName: "7A", SchoolName: school90, Username: "nguyenthihonganh" + strings.Repeat("x", i%24), Password: "k7mq2x",
		Site: "nhaso.quangninh.edu.vn", URL: "https://nhaso.quangninh.edu.vn/login#nguyenthihonganh", MadeAt: day}
	if i%2 == 0 {
		p.PIN = "4812"
	} else {
		p.Icons = []string{"sun", "umbrella", "flower"}
	}
	return p
}

func signInPDF(t *testing.T, list ...SignIn) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, SignInCards(&b, list))
	return b.Bytes()
}

func TestSignInCardsSayEverything(t *testing.T) {
	var list []SignIn
	for i := range 45 {
		list = append(list, signInSample(i))
	}
	pdf := signInPDF(t, list...)
	assert.Equal(t, pdf, signInPDF(t, list...), "the same cards are the same file")
	in := filepath.Join(t.TempDir(), "in.pdf")
	require.NoError(t, os.WriteFile(in, pdf, 0o600))
	out, err := exec.Command(tool(t, "pdftotext"), "-layout", in, "-").Output()
	require.NoError(t, err)
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	require.Len(t, pages, 5, "ten on a page")
	assert.Equal(t, 10, strings.Count(pages[0], "k7mq2x"))
	assert.Equal(t, 5, strings.Count(pages[4], "k7mq2x"))
	for _, want := range []string{"Nguyễn Thị Hồng Ánh", "Bảo Ngọc", "4812", "mặt trời · cái ô · bông hoa", "nguyenthihonganh",
		"nhaso.quangninh.edu.vn/join", "1. Gõ mã trên bảng", "Lớp 7A"} {
		assert.Contains(t, strings.ReplaceAll(pages[0], "4 8 1 2", "4812"), want)
	}
}

func TestSignInCardsShowThePictures(t *testing.T) {
	one := signInSample(1)
	other := signInSample(1)
	other.Icons = []string{"sun", "umbrella", "house"}
	a, b := picture(t, signInPDF(t, one), "110"), picture(t, signInPDF(t, other), "110")
	assert.Greater(t, differing(a, b), 0.00005, "another picture looks otherwise")
	assert.Zero(t, differing(a, a))
}

func TestIconsAreThoseOfTheWebApp(t *testing.T) {
	web, err := os.ReadFile("../../frontend/src/lib/signin/icons.json")
	require.NoError(t, err)
	assert.Equal(t, string(web), string(iconShapes))
	require.Len(t, iconPaths, 12)
	for key, path := range iconPaths {
		assert.NotEmpty(t, iconNames[key], key)
		steps := pathSteps(path)
		require.Greater(t, len(steps), 4, key)
		want := map[byte]int{'M': 2, 'L': 2, 'C': 6, 'Z': 0}
		for _, s := range steps {
			assert.Len(t, s.at, want[s.verb], "%s %c", key, s.verb)
			for _, n := range s.at {
				assert.True(t, n >= 0 && n <= 24, "%s stays in its square", key)
			}
		}
		assert.EqualValues(t, 'Z', steps[len(steps)-1].verb)
	}
}
