package paper

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func digestSample() DigestSheet {
	return DigestSheet{
		Day: day, Root: strings.Repeat("3fa9c04b71de8825", 4), PrevRoot: strings.Repeat("9b1d", 16), BatchHash: strings.Repeat("0c7e", 16),
		Batch: 18_204, Rows: 812_440, Subjects: 400_118, Households: 400_018, Known: 131_207, Covered: 96_555, MadeAt: day.AddDate(0, 0, 1),
	}
}

func TestDigestPicture(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Digest(&b, digestSample()))
	compare(t, "digest.png", picture(t, b.Bytes(), "60"))
	pages := textOf(t, b.Bytes())
	require.Len(t, pages, 1)
	for _, want := range []string{"3fa9 c04b 71de 8825", "400.018", "96.555", "ngày 1 tháng 12 năm 2026", "--day 2026-12-01 --root 3fa9c04b"} {
		require.Contains(t, pages[0], want)
	}
}

// The first digest has none before it; a small province has small numbers.
func TestDigestOfAnEmptyLedger(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Digest(&b, DigestSheet{Day: day, Root: strings.Repeat("0", 64), MadeAt: day}))
	require.Contains(t, textOf(t, b.Bytes())[0], "đây là trang đầu tiên")
	require.Equal(t, "0", thousands(0))
	require.Equal(t, "1.234.567", thousands(1_234_567))
	require.Equal(t, "-1.234", thousands(-1234))
	require.Equal(t, "-123", thousands(-123))
}
