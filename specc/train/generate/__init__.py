"""What a trained model makes by itself: text, pictures of noise, a learned variable."""
