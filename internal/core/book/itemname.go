package book

import "strconv"

// ItemName is how an item is called wherever it is shown: its number, and from the second
// instalment on NUMBER/n.
func ItemName(number string, instalment int) string {
	if instalment <= 1 {
		return number
	}
	return number + "/" + strconv.Itoa(instalment)
}
