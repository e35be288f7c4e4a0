package sheet_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"nhaso/models"
	"nhaso/models/sheet"
)

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"123.0": "123", "123,00": "123", "1.23E+5": "123000", "2.20012345678E+11": "220012345678",
		"2,20012345678E+11": "220012345678", "2.2001234567800001E+11": "220012345678",
		" 22 001\u00a0234 ": "22001234", "'00123": "00123", "06652": "06652", "6652.": "6652.",
		"1.000": "1.000", "12.5": "12.5", "7A1": "7A1", "12E5": "12E5", "E+5": "E+5", "1E+400": "1E+400",
		"HS-001.0x": "HS-001.0x", "": "", ".0": ".0", "1.5E+0": "1.5E+0", "9.1E+15": "9.1E+15",
	} {
		assert.Equal(t, want, sheet.Code(in), in)
	}
}

func TestRounded(t *testing.T) {
	for in, want := range map[string]bool{
		"2.2E+11": true, "2.20012E+11": true, "2.20012345678E+11": false, "123000": false,
		"2.2001234567800001E+11": false, "1.23E+5": true, "7A": false, "": false,
	} {
		assert.Equal(t, want, sheet.Rounded(in), in)
	}
}

func TestDate(t *testing.T) {
	for in, want := range map[string]string{
		"05/09/2013": "2013-09-05", "5/9/2013": "2013-09-05", "5-9-2013": "2013-09-05", "05.09.2013": "2013-09-05",
		"2013-09-05": "2013-09-05", "2013/9/5": "2013-09-05", "2013-09-05 00:00:00": "2013-09-05",
		"2013-09-05T00:00:00Z": "2013-09-05", "41522": "2013-09-05", "41522.0": "2013-09-05", "'05/09/2013": "2013-09-05",
		"41522.75": "2013-09-05", "05 / 09 / 2013": "2013-09-05", "5 -9- 2013": "2013-09-05", "05/09/2013 - 10:00": "2013-09-05", "29/02/2012": "2012-02-29", "7306": "1920-01-01", "73050": "2099-12-31",
	} {
		got, err := sheet.Date(in)
		assert.NoError(t, err, in)
		assert.Equal(t, want, got, in)
	}
	for _, in := range []string{"", "2013", "09/2013", "29/02/2013", "31/04/2013", "13/13/2013", "05/09/13", "5 tháng 9", "7305", "73051",
		"20130905", "0/1/2013", "1/0/2013", "1/2/3/2013", "1899-12-31", "2100-01-01", "-1/2/2013x", "1e4", "+1/2/2013", "٣/٤/٢٠١٣"} {
		_, err := sheet.Date(in)
		assert.Equal(t, "invalid_date", models.CodeOf(err), in)
	}
}

func TestBlank(t *testing.T) {
	for _, s := range []string{"", " ", "-", "N/A", "null", "–"} {
		assert.True(t, sheet.Blank(s), s)
	}
	assert.False(t, sheet.Blank("36"), "a filler of one kind of export only")
	assert.True(t, sheet.Blank("36", "36"))
	assert.False(t, sheet.Blank("Na"))
}
